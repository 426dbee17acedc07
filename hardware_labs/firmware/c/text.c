#include "text.h"
#include "chip.h"

uint32_t said;

uint32_t crc32(uint32_t crc, const uint8_t *bytes, int n) {
  crc = ~crc;
  for (int i = 0; i < n; i++) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
  }
  return ~crc;
}

void say_byte(uint8_t byte) {
  said = crc32(said, &byte, 1);
  put_byte(byte);
}

void say(const char *text) {
  while (*text) say_byte((uint8_t)*text++);
}

#ifdef __AVR__
void say_from_flash(const char *text) {
  uint8_t byte;
  while ((byte = pgm_read_byte(text++))) say_byte(byte);
}
#endif

void say_int(int32_t value) {
  char digits[12];
  int n = 0;
  uint32_t left = value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
  if (value < 0) say_byte('-');
  do digits[n++] = (char)('0' + left % 10);
  while (left /= 10);
  while (n) say_byte((uint8_t)digits[--n]);
}

void say_hex(uint8_t byte) {
  say_byte((uint8_t)"0123456789abcdef"[byte >> 4]);
  say_byte((uint8_t)"0123456789abcdef"[byte & 15]);
}

void say_milli(int32_t thousandths) {
  uint32_t size = thousandths < 0 ? 0u - (uint32_t)thousandths : (uint32_t)thousandths;
  if (thousandths < 0) say_byte('-');
  say_int((int32_t)(size / 1000));
  say_byte('.');
  say_byte((uint8_t)('0' + size / 100 % 10));
  say_byte((uint8_t)('0' + size / 10 % 10));
  say_byte((uint8_t)('0' + size % 10));
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

void say_mark(uint32_t crc) {
  SAY("*");
  for (int shift = 28; shift >= 0; shift -= 4) say_byte((uint8_t)('a' + (crc >> shift & 15)));
}

int to_mark(const char *letters, uint32_t *crc) {
  *crc = 0;
  for (int i = 0; i < 8; i++) {
    if (letters[i] < 'a' || letters[i] > 'p') return 0;
    *crc = *crc << 4 | (uint32_t)(letters[i] - 'a');
  }
  return letters[8] == 0;
}
