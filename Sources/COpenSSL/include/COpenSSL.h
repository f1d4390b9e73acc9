#ifndef PERENNIAL_COPENSSL_H
#define PERENNIAL_COPENSSL_H
#include <openssl/ssl.h>
#endif
