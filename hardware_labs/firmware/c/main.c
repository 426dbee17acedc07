// The lab firmware: the MLPerf Tiny DUT command set, and our extensions in the same style.
// A command ends in '%'; every command, known or not, is answered with lines and then "m-ready".
#include "chip.h"
#include "commands.h"
#include "sizes.h"
#include "text.h"

#define MAX_COMMAND 80

void say_field(const char *kind, const char *key, int32_t value) {
  SAY("m-"), say(kind), SAY("-["), say(key), SAY("="), say_int(value), SAY("]\r\n");
}

static void say_fact(const char *key, const char *value) {
  SAY("m-info-["), say(key), SAY("="), say(value), SAY("]\r\n");
}

static void command_name(char *rest) { (void)rest, SAY("m-name-dut-[" BOARD_NAME "]\r\n"); }

static void command_profile(char *rest) {
  (void)rest, SAY("m-profile-[lab-1.0]\r\nm-model-[" MODEL_NAME "]\r\n");
}

static void command_timestamp(char *rest) { (void)rest, say_lap(now_us()); }

static void command_info(char *rest) {
  (void)rest;
  say_fact("board", BOARD_NAME);
  say_fact("core", BOARD_CORE);
  say_field("info", "clock_hz", BOARD_CLOCK_HZ);
  say_field("info", "flash_bytes", BOARD_FLASH_BYTES);
  say_field("info", "ram_bytes", BOARD_RAM_BYTES);
  say_fact("firmware", "lab 1.0");
  say_fact("model", MODEL_NAME);
  say_fact("input", MODEL_INPUT_TYPE);
  say_field("info", "input_bytes", MODEL_INPUT_BYTES);
  say_field("info", "macs", MODEL_MACS);
  say_field("info", "baud", BOARD_BAUD);
  say_fact("ticks", BOARD_TICKS);
  say_source();
}

static void command_mem(char *rest) { (void)rest, say_memory(); }

#if MODEL_LISTENS  // the runner starts and stops a streaming model, which hears the sound by a wire of its own
static void command_start(char *rest) {
  (void)rest;
  SAY("e-[start needs a microphone at 16 kHz, which is not here: load features with db, then infer]\r\n");
}

static void command_stop(char *rest) { (void)rest, SAY("m-[Nothing was started]\r\n"); }
#endif

static void command_help(char *rest);

static const struct {
  const char *name;
  void (*run)(char *rest);
} commands[] = {
    {"name", command_name},     {"profile", command_profile}, {"timestamp", command_timestamp},
    {"db", command_db},         {"infer", command_infer},     {"results", command_results},
    {"help", command_help},     {"info", command_info},       {"mem", command_mem},
    {"crc", command_crc},       {"stream", command_stream},   {"set", command_set},
    {"bload", command_bload},   {"layer", command_layer},     {"requant", command_requant},
    {"output", command_output},
#if MODEL_LISTENS
    {"start", command_start},   {"stop", command_stop},
#endif
};

#define COMMANDS (int)(sizeof commands / sizeof commands[0])

static void command_help(char *rest) {
  (void)rest;
  for (int i = 0; i < COMMANDS; i++) SAY("m-help-["), say(commands[i].name), SAY("]\r\n");
}

// "name*focdhoag": the letters are the CRC-32 of "name". 1: there is a mark, and it is right; -1: it is
// wrong; 0: there is none. The command is left without it.
static int cut_mark(char *line) {
  char *end = line;
  uint32_t crc;
  while (*end && *end != '*') end++;
  said = crc32(0, (const uint8_t *)line, (int)(end - line));
  if (!*end || !to_mark(end + 1, &crc)) return 0;
  *end = 0;
  return crc == said ? 1 : -1;
}

static void run_command(char *rest) {
  char *name = next_word(&rest);
  int i = 0;
  while (i < COMMANDS && !same(name, commands[i].name)) i++;
  if (i < COMMANDS) commands[i].run(rest);
  else SAY("e-[Unknown command: "), say(name), SAY("]\r\n");
}

// An answer to a marked command ends in a mark: the CRC-32 of that command and of the answer up to it.
static void answer(char *line) {
  int mark = cut_mark(line);
  if (mark < 0) SAY("e-[The command came damaged]\r\n");
  else run_command(line);
  SAY("m-ready");
  if (mark > 0) say_mark(said);
  SAY("\r\n");
}

int main(void) {
  static char line[MAX_COMMAND + 1];
  int n = 0;
  chip_start();
  SAY("m-timestamp-mode-performance\r\nm-init-done\r\nm-ready\r\n");
  for (;;) {
    uint8_t c = get_byte();
    if (c == '%') {
      line[n] = 0, n = 0;
      answer(line);
    } else if (n < MAX_COMMAND && c >= ' ') {  // subtle: a zero byte would hide the mark behind it
      line[n++] = (char)c;
    }
  }
}
