#include "text.h"
#include "chip.h"

void say(const char *text) {
  while (*text) put_byte((uint8_t)*text++);
}

void say_int(int32_t value) {
  char digits[12];
  int n = 0;
  uint32_t left = value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
  if (value < 0) put_byte('-');
  do digits[n++] = (char)('0' + left % 10);
  while (left /= 10);
  while (n) put_byte((uint8_t)digits[--n]);
}

void say_hex(uint8_t byte) {
  put_byte((uint8_t)"0123456789abcdef"[byte >> 4]);
  put_byte((uint8_t)"0123456789abcdef"[byte & 15]);
}

void say_milli(int32_t thousandths) {
  uint32_t size = thousandths < 0 ? 0u - (uint32_t)thousandths : (uint32_t)thousandths;
  if (thousandths < 0) put_byte('-');
  say_int((int32_t)(size / 1000));
  put_byte('.');
  put_byte((uint8_t)('0' + size / 100 % 10));
  put_byte((uint8_t)('0' + size / 10 % 10));
  put_byte((uint8_t)('0' + size % 10));
}

int same(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

char *next_word(char **rest) {
  char *start = *rest;
  while (*start == ' ') start++;
  char *end = start;
  while (*end && *end != ' ') end++;
  *rest = *end ? end + 1 : end;
  *end = 0;
  return start;
}

int32_t to_int(const char *word) {
  uint32_t value = 0;
  int negative = *word == '-';
  if (negative) word++;
  for (; *word >= '0' && *word <= '9'; word++) value = value * 10 + (uint32_t)(*word - '0');
  return (int32_t)(negative ? 0u - value : value);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
