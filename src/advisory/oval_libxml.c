/*
 * libxml2 has an allocator and an error channel of its own. What it does not get it reports there, and often goes on with less:
 * a missing node looks like a document without it. So every call stands between these two, which note that memory was short and
 * keep libxml2 from writing to standard error. Its channel is the thread's, and is put back.
 *
 * What cannot be helped: with too little memory XPath of libxml2 2.9.14 frees blocks twice.
 */
#include "oval_int.h"

#include <libxml/globals.h>

#if LIBXML_VERSION >= 21200
static void on_error(void *user, const xmlError *error) {
#else
static void on_error(void *user, xmlErrorPtr error) {
#endif
    oval_libxml *watch = user;
    bool of_xpath = error && error->domain == XML_FROM_XPATH && error->code == XML_XPATH_MEMORY_ERROR;
    if (of_xpath || (error && error->code == XML_ERR_NO_MEMORY)) watch->no_memory = true;
}

/* XPath says some things only here, names of the document among them. */
static void say_nothing(void *user, const char *format, ...) {
    (void)user, (void)format;
}

void oval_libxml_begin(oval_libxml *watch) {
    *watch = (oval_libxml){false, {(void (*)(void))xmlStructuredError, (void (*)(void))xmlGenericError},
                           {xmlStructuredErrorContext, xmlGenericErrorContext}};
    xmlSetStructuredErrorFunc(watch, on_error);
    xmlSetGenericErrorFunc(NULL, say_nothing);
}

bool oval_libxml_end(oval_libxml *watch) {
    xmlSetStructuredErrorFunc(watch->users[0], (xmlStructuredErrorFunc)watch->functions[0]);
    xmlSetGenericErrorFunc(watch->users[1], (xmlGenericErrorFunc)watch->functions[1]);
    return !watch->no_memory;
}
