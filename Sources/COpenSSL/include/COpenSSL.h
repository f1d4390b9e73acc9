// What the TLS module needs of OpenSSL 3, and functions for what OpenSSL offers only as macros, which Swift does not
// import. Nothing here decides anything: one macro, one function.
#ifndef PERENNIAL_COPENSSL_H
#define PERENNIAL_COPENSSL_H

// As CLinux.h has it: two modules that see the same system headers differently do not load together.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

static inline int copenssl_errno(void) { return errno; }
static inline void copenssl_clear_errno(void) { errno = 0; }

static inline uint64_t copenssl_ctx_set_server_options(SSL_CTX *context) {
    return SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION
                                            | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA
                                            | SSL_OP_NO_TICKET);
}

static inline uint64_t copenssl_ctx_set_client_options(SSL_CTX *context) {
    return SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
}

// Whom a client wants to reach: what the certificate has to be for, and SNI where it is a name (RFC 6066 section 3).
static inline int copenssl_ssl_set_host(SSL *connection, const char *host) {
    X509_VERIFY_PARAM *parameters = SSL_get0_param(connection);
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (X509_VERIFY_PARAM_set1_ip_asc(parameters, host) == 1) return 1;
    ERR_clear_error();
    return X509_VERIFY_PARAM_set1_host(parameters, host, 0) == 1 && SSL_set_tlsext_host_name(connection, host) == 1;
}

// TLS inside TLS: the inner connection's bytes are the outer one's plain text (BIO_f_ssl(3)), which stays the caller's.
static inline int copenssl_ssl_set_inside(SSL *inner, SSL *outer) {
    BIO *bio = BIO_new(BIO_f_ssl());
    if (bio == NULL) return 0;
    BIO_set_ssl(bio, outer, BIO_NOCLOSE);
    SSL_set_bio(inner, bio, bio);
    return 1;
}

static inline long copenssl_ctx_set_min_version(SSL_CTX *context, int version) {
    return SSL_CTX_set_min_proto_version(context, version);
}

static inline long copenssl_ctx_set_mode(SSL_CTX *context, long mode) { return SSL_CTX_set_mode(context, mode); }

// Sessions go through the callbacks alone: OpenSSL keeps none itself.
static inline long copenssl_ctx_use_own_session_cache(SSL_CTX *context) {
    return SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL
                                                       | SSL_SESS_CACHE_NO_AUTO_CLEAR);
}

static inline void copenssl_ctx_set_read_ahead(SSL_CTX *context, int on) { SSL_CTX_set_read_ahead(context, on); }

static inline void copenssl_ctx_set_max_cert_list(SSL_CTX *context, long bytes) {
    SSL_CTX_set_max_cert_list(context, bytes);
}

static inline long copenssl_ctx_clear_chain(SSL_CTX *context) { return SSL_CTX_clear_chain_certs(context); }

static inline long copenssl_ctx_add_chain(SSL_CTX *context, X509 *certificate) {
    return SSL_CTX_add1_chain_cert(context, certificate);
}

static inline int copenssl_ssl_set_app_data(SSL *connection, void *data) {
    return SSL_set_app_data(connection, data);
}

static inline void *copenssl_ssl_get_app_data(SSL *connection) { return SSL_get_app_data(connection); }

// Drops the certificates that came with a client's own. OpenSSL keeps this very stack for the connection's life.
static inline void copenssl_drop_issuers(X509_STORE_CTX *store) {
    STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(store);
    while (sk_X509_num(sent) > 1) X509_free(sk_X509_pop(sent));
}

static inline long copenssl_bio_memory(BIO *bio, char **start) { return BIO_get_mem_data(bio, start); }

static inline int copenssl_error_library(unsigned long code) { return ERR_GET_LIB(code); }
static inline int copenssl_error_reason(unsigned long code) { return ERR_GET_REASON(code); }

static inline int copenssl_name_add_utf8(X509_NAME *name, int nid, const unsigned char *text, int length) {
    return X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8, text, length, -1, 0);
}

// Keeps a few of the buffers that connections give back. Only before OpenSSL has allocated anything.
// Returns 1, or 0 where it is too late.
int copenssl_keep_buffers(void);

#endif
