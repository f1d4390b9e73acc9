// Calls each library of a sysroot once, so that a sysroot is proved before anything is built on it (scripts/sdk/check).
#include <archive.h>
#include <archive_entry.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <seccomp.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define REQUIRE(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "probe: failed: %s\n", #condition); \
            exit(1); \
        } \
    } while (0)

// The suites of the guide's table (gg-sec.md), at the security level that lets TLS 1.0 have them.
static const char *suites =
    "ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA:ECDHE-RSA-AES256-GCM-SHA384:AES128-SHA:AES256-SHA:AES128-GCM-SHA256:"
    "AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:@SECLEVEL=0";

static void openssl(void) {
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    REQUIRE(context && SSL_CTX_set_cipher_list(context, suites) == 1);
    REQUIRE(SSL_CTX_set_min_proto_version(context, TLS1_VERSION) == 1);
    REQUIRE(SSL_CTX_set_ciphersuites(context, "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256") == 1);
    SSL *connection = SSL_new(context);
    REQUIRE(sk_SSL_CIPHER_num(SSL_get_ciphers(connection)) == 11);
    SSL_free(connection);
    SSL_CTX_free(context);
    EVP_PKEY *elliptic = EVP_EC_gen("P-256"), *rsa = EVP_RSA_gen(2048);
    REQUIRE(elliptic && rsa);
    unsigned char signature[512];
    size_t length = sizeof signature;
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    REQUIRE(EVP_DigestSignInit(digest, NULL, EVP_sha256(), NULL, elliptic) == 1);
    REQUIRE(EVP_DigestSign(digest, signature, &length, (const unsigned char *)"hello", 5) == 1);
    EVP_MD_CTX_free(digest);
    X509 *certificate = X509_new();
    REQUIRE(X509_set_pubkey(certificate, rsa) == 1 && X509_sign(certificate, elliptic, EVP_sha256()) > 0);
    X509_free(certificate);
    EVP_PKEY_free(elliptic);
    EVP_PKEY_free(rsa);
}

static void sqlite(void) {
    sqlite3 *database;
    sqlite3_stmt *statement;
    REQUIRE(sqlite3_open(":memory:", &database) == SQLITE_OK);
    REQUIRE(sqlite3_exec(database, "CREATE TABLE t (a); INSERT INTO t VALUES (40), (2)", NULL, NULL, NULL) == SQLITE_OK);
    REQUIRE(sqlite3_prepare_v2(database, "SELECT sum(a) FROM t", -1, &statement, NULL) == SQLITE_OK);
    REQUIRE(sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_int(statement, 0) == 42);
    sqlite3_finalize(statement);
    sqlite3_close(database);
}

static void seccomp(void) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    REQUIRE(filter && seccomp_rule_add(filter, SCMP_ACT_ERRNO(1), SCMP_SYS(ptrace), 0) == 0);
    REQUIRE(seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0);
    FILE *file = tmpfile();
    REQUIRE(file && seccomp_export_bpf(filter, fileno(file)) == 0 && lseek(fileno(file), 0, SEEK_END) > 0);
    fclose(file);
    seccomp_release(filter);
}

static void zip(void) {
    static char packed[65536], text[4000];
    size_t used = 0;
    memset(text, 'x', sizeof text);
    struct archive *out = archive_write_new();
    REQUIRE(archive_write_set_format_zip(out) == ARCHIVE_OK);
    REQUIRE(archive_write_open_memory(out, packed, sizeof packed, &used) == ARCHIVE_OK);
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, "handler.py");
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_size(entry, sizeof text);
    REQUIRE(archive_write_header(out, entry) == ARCHIVE_OK);
    REQUIRE(archive_write_data(out, text, sizeof text) == (la_ssize_t)sizeof text);
    REQUIRE(archive_write_close(out) == ARCHIVE_OK && used > 0 && used < sizeof text);
    archive_entry_free(entry);
    archive_write_free(out);
    struct archive *in = archive_read_new();
    REQUIRE(archive_read_support_format_zip(in) == ARCHIVE_OK && archive_read_support_format_tar(in) == ARCHIVE_OK);
    REQUIRE(archive_read_support_filter_gzip(in) == ARCHIVE_OK);
    REQUIRE(archive_read_open_memory(in, packed, used) == ARCHIVE_OK);
    REQUIRE(archive_read_next_header(in, &entry) == ARCHIVE_OK);
    REQUIRE(strcmp(archive_entry_pathname(entry), "handler.py") == 0);
    archive_read_free(in);
}

int main(void) {
    openssl();
    sqlite();
    seccomp();
    zip();
    printf("%s, SQLite %s, libseccomp %u.%u.%u, zlib %s, %s\n", OpenSSL_version(OPENSSL_VERSION), sqlite3_libversion(),
        seccomp_version()->major, seccomp_version()->minor, seccomp_version()->micro, zlibVersion(),
        archive_version_string());
    return 0;
}
