// Writing and reading the protocol's text, without a C library.
#pragma once
#include <stdint.h>

void say(const char *text);
void say_int(int32_t value);
void say_hex(uint8_t byte);
void say_milli(int32_t thousandths);  // 1500 is written 1.500
int same(const char *a, const char *b);
char *next_word(char **rest);  // cuts the next word off *rest; "" where there is none
int32_t to_int(const char *word);
int hex_digit(char c);  // -1 where c is none
