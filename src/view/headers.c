/*
 * What a browser may do with an answer. The shell runs one script and loads from nowhere but here; the message runs nothing,
 * has no origin, and loads nothing but what is written in it.
 */
#include "view_int.h"

static const char *const common[] = {
    "X-Content-Type-Options",
    "nosniff",
    "Referrer-Policy",
    "no-referrer",
    "Cache-Control",
    "no-store",
    "Cross-Origin-Resource-Policy",
    "same-origin",
    "Cross-Origin-Opener-Policy",
    "same-origin",
    "Cross-Origin-Embedder-Policy",
    "require-corp",
    "X-DNS-Prefetch-Control",
    "off",
    "Permissions-Policy",
    "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), clipboard-read=(), clipboard-write=(), "
    "compute-pressure=(), display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), gyroscope=(), "
    "hid=(), identity-credentials-get=(), idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), "
    "payment=(), picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), storage-access=(), "
    "usb=(), window-management=(), xr-spatial-tracking=()",
    NULL};

const char *const *view_headers(view_class class) {
    (void)class; /* all the same: what differs is the policy */
    return common;
}

/* Of the style in shell.c; tests/view/test_http.py compares. */
static const char small_style[] = "vYRIs83qyXaiWI46/1hepbakwZJWnaYp8cw3lQTWJCg=";

void view_policy(postern_buf *out, view_class class, const char *origin, const char *secret) {
    switch (class) {
    case VIEW_CLASS_SHELL:
        postern_buf_printf(out,
                           "default-src 'none'; script-src %s/%s/app.js; style-src %s/%s/app.css; img-src %s/%s/icon.svg; "
                           "connect-src %s/%s/; frame-src %s/%s/m/; base-uri 'none'; form-action 'none'; frame-ancestors "
                           "'none'; require-trusted-types-for 'script'; trusted-types 'none'",
                           origin, secret, origin, secret, origin, secret, origin, secret, origin, secret);
        break;
    case VIEW_CLASS_PLAIN:
        postern_buf_printf(out,
                           "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'; frame-ancestors "
                           "'none'; sandbox allow-popups allow-popups-to-escape-sandbox "
                           "allow-top-navigation-by-user-activation",
                           small_style);
        break;
    case VIEW_CLASS_MESSAGE:
        postern_buf_printf(out,
                           "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; "
                           "style-src 'unsafe-inline'; font-src data:; media-src data:; base-uri 'none'; "
                           "form-action 'none'; frame-ancestors %s",
                           origin);
        break;
    case VIEW_CLASS_DATA:
    case VIEW_CLASS_FILE:
        postern_buf_printf(out, "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        break;
    }
}
