// Writing and reading the protocol's text, without a C library.
#pragma once
#include <stdint.h>

extern uint32_t said;  // CRC-32 of the command and of all that was said since
uint32_t crc32(uint32_t crc, const uint8_t *bytes, int n);  // as in zlib: 0 to begin with
void say_byte(uint8_t byte);
void say(const char *text);
#ifdef __AVR__  // texts would be copied into the 2 KB of RAM: SAY leaves them in flash
#include <avr/pgmspace.h>
void say_from_flash(const char *text);
#define SAY(text) say_from_flash(PSTR(text))
#else
#define SAY(text) say(text)
#endif
void say_int(int32_t value);
void say_hex(uint8_t byte);
void say_milli(int32_t thousandths);  // 1500 is written 1.500
int same(const char *a, const char *b);
char *next_word(char **rest);  // cuts the next word off *rest; "" where there is none
int32_t to_int(const char *word);
int hex_digit(char c);  // -1 where c is none
void say_mark(uint32_t crc);  // '*' and eight letters, 'a' for 0 to 'p' for 15
int to_mark(const char *letters, uint32_t *crc);  // 0 where they are no mark
