"""Who reads the first URL in the process list. It takes root to be two other users: without, tests/run says that this is left out."""
import subprocess

from viewer import SAMPLES, Tap, Viewer

tap = Tap()
IE = SAMPLES / "ie-ms04-013.mht"


def main():
    """The first URL can be read in the process list; another user's program gets nothing for it."""
    with Viewer(IE, "view", "--keep", user=65534) as v:
        script = f"import socket; s = socket.create_connection(('127.0.0.1', {v.port})); " \
                 f"s.sendall(b'GET {v.open} HTTP/1.1\\r\\nHost: {v.host}\\r\\nConnection: close\\r\\n\\r\\n'); print(s.recv(65536)[:12])"
        ask = lambda user: subprocess.run(["python3", "-S", "-c", script], user=user, capture_output=True, text=True, timeout=30).stdout.strip()
        tap.row(ask(65533) == "b'HTTP/1.1 403'", "the token from another user's program", ask(65533))
        tap.row(ask(65534) == "b'HTTP/1.1 303'", "and from the user's own")


main()
tap.finish()
