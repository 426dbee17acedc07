// The input buffer, and the two ways bytes come into it: hexadecimal text (db) and binary frames (bload).
#include "load.h"
#include "chip.h"
#include "commands.h"
#include "text.h"

#define MAX_FRAME 128
#define BYTES_A_LINE 8

_Alignas(4) uint8_t buffer[MODEL_INPUT_BYTES];
static int expected, loaded;

uint16_t crc16(uint16_t crc, const uint8_t *bytes, int n) {  // CRC-16/CCITT-FALSE, as in crc.py
  for (int i = 0; i < n; i++) {
    crc ^= (uint16_t)(bytes[i] << 8);
    for (int bit = 0; bit < 8; bit++) crc = (uint16_t)(crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1);
  }
  return crc;
}

static int expect_bytes(int32_t n) {
  if (n < 1 || n > MODEL_INPUT_BYTES) {
    SAY("e-[The buffer holds 1 to "), say_int(MODEL_INPUT_BYTES), SAY(" bytes]\r\n");
    return 0;
  }
  expected = n, loaded = 0;
  SAY("m-[Expecting "), say_int(n), SAY(" bytes]\r\n");
  return 1;
}

static void load_hex(const char *hex) {
  int complete = 0;
  for (; hex[0]; hex += 2) {
    int high = hex_digit(hex[0]), low = hex_digit(hex[1]);
    if (high < 0 || low < 0) {
      SAY("e-[Not hexadecimal: "), say(hex), SAY("]\r\n");
      return;
    }
    if (loaded == expected) continue;  // the rest of the digits is disregarded
    buffer[loaded++] = (uint8_t)(high << 4 | low);
    complete = loaded == expected;
  }
  if (complete) SAY("m-load-done\r\n");
}

static void print_buffer(void) {
  if (!loaded) SAY("m-buffer");
  for (int i = 0; i < loaded; i++) {
    say(i % BYTES_A_LINE ? "-" : i ? "\r\nm-buffer-" : "m-buffer-"), say_hex(buffer[i]);
  }
  SAY("\r\n");
}

void command_db(char *rest) {
  char *word = next_word(&rest);
  if (!*word) SAY("e-[Command 'db' requires a subcommand]\r\n");
  else if (same(word, "load")) expect_bytes(to_int(next_word(&rest)));
  else if (same(word, "print")) print_buffer();
  else load_hex(word);
}

// One frame: a length byte, that many bytes, their CRC-16, high byte first. -1: it did not arrive whole.
static int receive_frame(uint8_t *frame) {
  int n = get_byte();
  if (n > MAX_FRAME) return -1;
  for (int i = 0; i < n; i++) frame[i] = get_byte();
  uint16_t crc = (uint16_t)(get_byte() << 8);
  crc |= get_byte();
  return crc16(0xFFFF, frame, n) == crc ? n : -1;
}

void command_bload(char *rest) {
  static uint8_t frame[MAX_FRAME];
  if (!expect_bytes(to_int(next_word(&rest)))) return;
  while (loaded < expected) {
    int n = receive_frame(frame);
    if (n < 1) {
      SAY("e-[Bad frame after byte "), say_int(loaded), SAY("]\r\n");
      return;
    }
    for (int i = 0; i < n && loaded < expected; i++) buffer[loaded++] = frame[i];
    SAY("m-ack-["), say_int(loaded), SAY("]\r\n");
  }
  SAY("m-load-done\r\n");
}

void command_crc(char *rest) {
  uint16_t crc = crc16(0xFFFF, buffer, loaded);
  (void)rest;
  SAY("m-crc-["), say_hex((uint8_t)(crc >> 8)), say_hex((uint8_t)crc), SAY("]\r\n");
}
