/*
 * Every ceiling of the library, with its reason; docs/LIMITS.md lists them for users (a test compares the two).
 * Reaching one is an error or a note, never a silent cut (Z18, P5). Sizes are bytes unless the name says otherwise.
 */
#ifndef POSTERN_LIMITS_H
#define POSTERN_LIMITS_H

/* base */
#define POSTERN_LIMIT_INPUT (4ull << 30)        /* a whole input file; offsets stay far from overflow */
#define POSTERN_LIMIT_JSON_DEPTH 32u            /* levels of our own JSON output */

/* codec */
#define POSTERN_LIMIT_CODEC_NOTES 32u           /* notes of one kind that one decoding sends; the first ones say it all */
#define POSTERN_LIMIT_HEADER_VALUE (256u << 10) /* one decoded header value; real ones stay below 64 KiB */

/* url */
#define POSTERN_LIMIT_URL (2u << 20)            /* one URL as text; data: URLs in archives reach this, Chromium cuts at 2 MiB */
#define POSTERN_LIMIT_DOMAIN (1u << 10)         /* a domain beyond ASCII; DNS ends at 253, Punycode costs the square */

/* mime */
#define POSTERN_LIMIT_PARTS 100000u             /* parts of one message */
#define POSTERN_LIMIT_MIME_DEPTH 100u           /* nested multiparts and messages; real mail stays below 20 */
#define POSTERN_LIMIT_HEADERS 10000u            /* header fields of one part */
#define POSTERN_LIMIT_HEADERS_TOTAL 1000000u    /* header fields of one message, all parts: 40 MB of index */
#define POSTERN_LIMIT_NESTED_MESSAGES 8u        /* message/rfc822 in base64 or quoted-printable in each other, each decoded */
#define POSTERN_LIMIT_PARAMETERS 200u           /* parameters of one header field */

/* html */
#define POSTERN_LIMIT_ATTRIBUTES 1000u          /* attributes of one tag; more are dropped with a note */

/* css */
#define POSTERN_LIMIT_CSS_DEPTH 64u             /* nested blocks and functions of one style sheet */
#define POSTERN_LIMIT_CSS_TOKENS 262144u        /* tokens of one declaration or selector; drawings in box-shadow reach 60,000 */

/* zone */
#define POSTERN_LIMIT_POLICY_VALUES 1000000u    /* registry values of one policy, and its ranges; real ones: below 100,000 */
#define POSTERN_LIMIT_POLICY_RANGES 4096u       /* address ranges that are not one run of addresses: searched in a row */

/* mhtml */
#define POSTERN_LIMIT_ARCHIVE_MEMORY (2ull << 30) /* arena of one open archive, decoded parts included */

/* page */
#define POSTERN_LIMIT_PAGE_OUTPUT (2ull << 30)  /* bytes of one safe page */
#define POSTERN_LIMIT_FRAME_DEPTH 8u            /* frames in frames */
#define POSTERN_LIMIT_FRAMES 1000u              /* frames of one page, all levels */
#define POSTERN_LIMIT_IMPORT_DEPTH 8u           /* @import in @import */
#define POSTERN_LIMIT_IMPORTS 500u              /* imported style sheets of one page */
#define POSTERN_LIMIT_IMPORT_BYTES (64u << 20)  /* their text, each time they are imported */
#define POSTERN_LIMIT_REUSE (64u << 20)         /* bytes spent on writing a resource again after its first use */
#define POSTERN_LIMIT_DOCUMENT (256u << 20)     /* one HTML document after decoding to UTF-8 */
#define POSTERN_LIMIT_CANDIDATES 1000u          /* candidates of one srcset that are looked at; real ones stay below 50 */
#define POSTERN_LIMIT_TEXT_WAITING (8u << 20)   /* blocks of lists and tables waiting for their end; then shown so far */
#define POSTERN_LIMIT_TEXT_LINKS (32u << 20)    /* memory of the list of links; links beyond it are text only */
#define POSTERN_LIMIT_TEXT_SHEETS (64u << 20)   /* memory of style rules that text is read with; rules beyond it do not count */
#define POSTERN_LIMIT_SELECTOR_STEPS 20000000u  /* comparisons of selectors with elements for one text; about half a second */
#define POSTERN_LIMIT_ELEMENT_DEPTH 512u        /* open elements that are tracked; deeper ones are written flat */

/* mailbox */
#define POSTERN_LIMIT_MAILBOX_MEMBERS 1000000u  /* messages or members of one mailbox or archive */
#define POSTERN_LIMIT_MAILBOX_MEMBER (256u << 20) /* one member of an archive, unpacked: it stands in memory */
#define POSTERN_LIMIT_MAILBOX_BYTES (2ull << 30) /* all members of an archive, unpacked */
#define POSTERN_LIMIT_MAILBOX_RATIO 200u        /* bytes unpacked for each packed; real mail stays below 30 */

#define POSTERN_LIMIT_PST_NESTED 16u            /* messages attached to messages of an Exchange store */
#define POSTERN_LIMIT_PST_FILES 10000u          /* attachments of one of its messages */
#define POSTERN_LIMIT_PST_RATIO 32u             /* bytes of all its messages for each of the store */

#define POSTERN_LIMIT_STORE_FILES 2000000u      /* files of one store */
#define POSTERN_LIMIT_STORE_DEPTH 64u           /* folders in folders of a store */
#define POSTERN_LIMIT_STORE_MESSAGES 2000000u   /* messages of one store */
#define POSTERN_LIMIT_STORE_TEXT 1024u          /* of a sender, subject or path as a list shows it */
#define POSTERN_LIMIT_STORE_TEXTS (1u << 31)    /* all of those of one store: 1 KiB each for 2,000,000 messages */
#define POSTERN_LIMIT_STORE_WORDS (4u << 20)    /* text of one message that the word index reads */
#define POSTERN_LIMIT_STORE_GENERATIONS 48u     /* times that mail was added to one index; then it is made anew */
#define POSTERN_LIMIT_STORE_THREAD_DEPTH 1000u  /* answers to answers; deeper ones begin a thread of their own */

/* win */
#define POSTERN_LIMIT_WIN_MEMORY (1ull << 30)   /* what one open system keeps in memory: listings, keys, versions */
#define POSTERN_LIMIT_WIN_PATH 32768u           /* bytes of one Windows or registry path; Windows ends at 32,767 characters */
#define POSTERN_LIMIT_WIN_ENTRIES 500000u       /* entries of one folder; WinSxS has some 20,000 */
#define POSTERN_LIMIT_HIVE (512u << 20)         /* one hive file; Windows' own stay below 300 MB */
#define POSTERN_LIMIT_HIVE_MEMORY (2ull << 30)  /* address space of the child that reads hives */
#define POSTERN_LIMIT_HIVE_SECONDS 30u          /* processor time of the child, and our patience, for each request */
#define POSTERN_LIMIT_HIVE_ANSWER (64u << 20)   /* one key with its values and the names below it */
#define POSTERN_LIMIT_KEY_DEPTH 512u            /* keys in each other; Windows' own ceiling */
#define POSTERN_LIMIT_PE_STRINGS 10000u         /* strings of one version resource */
#define POSTERN_LIMIT_PE_LANGUAGES 256u         /* version resources of one program */

/* advisory */
#define POSTERN_LIMIT_ADVISORY (16u << 20)      /* a CSAF document; the largest published ones stay below 10 MiB */
#define POSTERN_LIMIT_ADVISORY_DEPTH 64u        /* levels of its JSON; real ones stay below 20 */
#define POSTERN_LIMIT_AUDIT_MEMORY (16u << 20)  /* evidence of one audit; the longest chains stay below 100 KiB */
#define POSTERN_LIMIT_ADVISORY_PROBLEMS 10000u  /* problems of one document that are told; the rest is counted */

/* update */
#define POSTERN_LIMIT_PACKAGE_BYTES (1ull << 30)   /* all files of one package, unpacked: they stand in memory */
#define POSTERN_LIMIT_PACKAGE_RATIO 200u           /* bytes unpacked for each packed one; real packages stay below 10 */
#define POSTERN_LIMIT_PACKAGE_FILES 20000u         /* files of one package; service packs hold some 3,000 */
#define POSTERN_LIMIT_PACKAGE_DEPTH 16u            /* folders in each other of an unpacked package */
#define POSTERN_LIMIT_PACKAGE_COPIES 4096u         /* files that one package puts into a system */
#define POSTERN_LIMIT_PACKAGE_REGS 4096u           /* values that one package changes */
#define POSTERN_LIMIT_SIGNATURE (1u << 20)         /* signature of a package, with its certificates; real ones have 10 KiB */
#define POSTERN_LIMIT_INF_LINE (64u << 10)         /* one line of setup information, continued ones included */
#define POSTERN_LIMIT_INF_LINES 200000u            /* lines of one setup information file */
#define POSTERN_LIMIT_INF_VALUES 512u              /* values on one line */

/* scan */
#define POSTERN_LIMIT_VIEW_DELIMITERS 2000u     /* lines of one message that some reader may take for a delimiter */
#define POSTERN_LIMIT_VIEW_REGIONS 6000u        /* bodies of one message that some reader may see */
#define POSTERN_LIMIT_VIEW_FAR 1500u            /* of those, bodies that hold lines that may be delimiters */
#define POSTERN_LIMIT_VIEW_DEPTH 4u             /* messages in payloads of messages */
#define POSTERN_LIMIT_VIEW_BYTES (16u << 20)    /* bytes read for all views of one message, beyond 16 times its size */
#define POSTERN_LIMIT_SCAN_DEPTH 6u             /* archives, messages and data in each other that are followed */
#define POSTERN_LIMIT_FINDINGS 20u              /* findings of one kind in one file that are told; the rest is counted */
#define POSTERN_LIMIT_SCAN_MEMORY (1ull << 30)  /* memory for the decoded text of one part while it is looked at */

/* advisory: OVAL */
#define POSTERN_LIMIT_OVAL_INPUT (256u << 20)   /* one OVAL document; the largest public ones stay below 100 MB */
#define POSTERN_LIMIT_OVAL_MEMORY (2ull << 30)  /* arena of one definitions file with its facts and results */
#define POSTERN_LIMIT_OVAL_TEXT (16u << 20)     /* text of one element, or the result of one concat */
#define POSTERN_LIMIT_OVAL_ATTRIBUTES 1000u     /* of one element; libxml2 compares each with each */
#define POSTERN_LIMIT_OVAL_XML_DEPTH 128u       /* nested elements of one document; real ones stay below 20 */
#define POSTERN_LIMIT_OVAL_CHAIN 200u           /* things that refer to each other in a row; real ones stay below 15 */
#define POSTERN_LIMIT_OVAL_DEPTH 1000u          /* criteria, sets and functions open at once: half a megabyte of stack */
#define POSTERN_LIMIT_OVAL_MATCH 1000000u       /* steps of one regular expression on one value; about 20 ms */
#define POSTERN_LIMIT_OVAL_MATCH_DEPTH 250000u  /* open alternatives of one regular expression */
#define POSTERN_LIMIT_OVAL_MATCH_HEAP (64u << 20) /* memory of one match of a regular expression */
#define POSTERN_LIMIT_OVAL_PATTERN (64u << 10)  /* one regular expression; real ones stay below 2 KiB */
#define POSTERN_LIMIT_OVAL_PATTERNS 20000u      /* different regular expressions of one run, each compiled once */
#define POSTERN_LIMIT_OVAL_STEPS 400000000u     /* comparisons of one run; a match that ran into its ceiling counts a million */
#define POSTERN_LIMIT_OVAL_VALUES 1000000u      /* values of one variable; products of lists grow fast */
#define POSTERN_LIMIT_OVAL_ITEMS 1000000u       /* items of one object */
#define POSTERN_LIMIT_OVAL_CONTENT (64u << 20) /* one file that is hashed or searched; decoded it takes twice as much */
#define POSTERN_LIMIT_OVAL_XPATH 10000000u      /* steps of one XPath expression */
#define POSTERN_LIMIT_OVAL_DIGITS 10000u        /* digits of one integer of the unbounded datatype int */
/* view */
#define POSTERN_LIMIT_THUMB_PIXELS 40000000u    /* of a picture that a thumbnail shows: 120 MB once decoded */
#define POSTERN_LIMIT_VIEWER_HEADERS 64u        /* header fields of one request; browsers send 15 to 20 */
#define POSTERN_LIMIT_VIEWER_REQUEST (64u << 10) /* one request: line and headers */
#define POSTERN_LIMIT_VIEWER_BODY 1024u         /* what a page of ours posts: settings */
#define POSTERN_LIMIT_VIEWER_CONNECTIONS 64u    /* at a time; a browser opens six to a host */
#define POSTERN_LIMIT_VIEWER_WAIT 20u           /* seconds that a client may take for one request */
#define POSTERN_LIMIT_VIEWER_READERS 4u         /* reading processes at a time; others wait for their turn */
#define POSTERN_LIMIT_VIEWER_SECONDS 90u        /* of a reader, by the clock on the wall */
#define POSTERN_LIMIT_VIEWER_ANSWER (512u << 20) /* bytes of one answer; a page of more is no pleasure in any browser */
#define POSTERN_LIMIT_VIEWER_SOURCE (4u << 20) /* bytes of source that are shown; all of it can be saved */
#define POSTERN_LIMIT_VIEWER_LAYERS 3u           /* of S/MIME around one message; senders make two */
#define POSTERN_LIMIT_VIEWER_CARDS 20u            /* beside one message */
#define POSTERN_LIMIT_VIEWER_CARD_BYTES (4u << 20) /* of one calendar or file of visiting cards; pictures may be in it */
#define POSTERN_LIMIT_VIEWER_TRUST (16u << 20) /* trusted certificates as PEM; a system has 200 KiB */
#define POSTERN_LIMIT_VIEWER_SIGNED 8u            /* parts of one message that are signed for themselves and verified */
#define POSTERN_LIMIT_VIEWER_OPENED (256u << 20) /* one encrypted or signed content, before and behind; gpg's own ceiling too */
#define POSTERN_LIMIT_VIEWER_GPG_SECONDS 60u    /* of one gpg; its user may be asked for a passphrase meanwhile */
#define POSTERN_LIMIT_VIEWER_TNEF_FILES 200u    /* attachments of one winmail.dat */
#define POSTERN_LIMIT_VIEWER_TNEF_DEPTH 8u      /* messages attached to messages in one */
#define POSTERN_LIMIT_VIEWER_TNEF_MESSAGES 100u /* of those in all; each has a stream of its own */
#define POSTERN_LIMIT_VIEWER_ITEMS 300u         /* things of one kind that were left out and are named; the rest is counted */

#endif
