#ifndef PERENNIAL_CLINUX_H
#define PERENNIAL_CLINUX_H
#include <unistd.h>
#endif
