"""Shell completion, made of what `postern help` says, which is made of the option tables. Part of the build.

  make_completion.py POSTERN bash|zsh|fish OUT
"""
import pathlib
import re
import subprocess
import sys

OPTION = re.compile(r"^  (?:-(\w),|   ) --([\w-]+)(?: ([A-Z][\w.:=]*))? +(\S.*)?$", re.M)
ZONES = "restricted internet intranet trusted local-machine"


def help_of(postern, *words):
    return subprocess.run([postern, "help", *words], check=True, capture_output=True, text=True).stdout


def tables(postern):
    """{command: (what it does, [(letter, name, argument, help)])}"""
    listed = re.findall(r"^  (\w+) +(\S.*)$", help_of(postern).split("commands:")[1].split("--help")[0], re.M)
    return {name: (what, OPTION.findall(help_of(postern, name)) if name != "help" else []) for name, what in listed}


def bash(commands):
    cases = "\n".join(f"        {name}) words=\"{' '.join('--' + o[1] for o in options)}{' ' + ' '.join(c for c in commands) if name == 'help' else ''}\" ;;"
                      for name, (_, options) in commands.items())
    return f"""# bash completion for postern(1), made of its option tables
_postern() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} words=""
    COMPREPLY=()
    if [ "$COMP_CWORD" = 1 ] && [[ $word != */* ]]; then
        COMPREPLY=($(compgen -W "{' '.join(commands)} --help --version" -- "$word"))
    fi
    case $before in
        -z|--zone) COMPREPLY=($(compgen -W "{ZONES}" -- "$word")); return ;;
    esac
    case ${{COMP_WORDS[1]}} in
{cases}
    esac
    [[ $word == -* || ${{COMP_WORDS[1]}} == help ]] && COMPREPLY+=($(compgen -W "$words" -- "$word"))
    compopt -o default 2>/dev/null
}}
complete -o filenames -F _postern postern
"""


def quoted(text):
    return text.replace("'", "'\\''")


def zsh(commands):
    listed = "\n".join(f"        '{name}:{quoted(what.replace(':', chr(92) + ':'))}'" for name, (what, _) in commands.items())
    cases = ""
    for name, (_, options) in commands.items():
        specs = []
        for letter, long, argument, text in options:
            text = quoted(re.sub(r"([\[\]:])", r"\\\1", text))
            tail = "" if not argument else f":{argument}:({ZONES})" if argument == "ZONE" else f":{argument}:_files"
            if letter:
                specs.append(f"            '(-{letter} --{long})'{{-{letter},--{long}}}'[{text}]{tail}'")
            else:
                specs.append(f"            '--{long}[{text}]{tail}'")
        specs.append("            '*:file:_files'")
        cases += f"    {name})\n        _arguments -s \\\n" + " \\\n".join(specs) + " ;;\n"
    return f"""#compdef postern
# zsh completion for postern(1), made of its option tables
_postern() {{
    local -a commands
    commands=(
{listed}
    )
    if (( CURRENT == 2 )); then
        _describe command commands
        _files
        return
    fi
    local command=$words[2]
    shift words
    (( CURRENT-- ))
    case $command in
{cases}    esac
}}
_postern "$@"
"""


def fish(commands):
    lines = ["# fish completion for postern(1), made of its option tables"]
    for name, (what, options) in commands.items():
        lines.append(f"complete -c postern -n __fish_use_subcommand -a {name} -d '{quoted(what)}'")
        for letter, long, argument, text in options:
            words = f"complete -c postern -n '__fish_seen_subcommand_from {name}' -l {long}" + (f" -s {letter}" if letter else "")
            if argument:
                words += f" -x -a '{ZONES}'" if argument == "ZONE" else " -r"
            lines.append(f"{words} -d '{quoted(text)}'")
    return "\n".join(lines) + "\n"


def main():
    postern, shell, out = sys.argv[1:]
    pathlib.Path(out).write_text({"bash": bash, "zsh": zsh, "fish": fish}[shell](tables(postern)))


if __name__ == "__main__":
    main()
