// Running the model on the input buffer, timing it, and telling the result.
#include "chip.h"
#include "commands.h"
#include "kernels.h"
#include "load.h"
#include "model.h"
#include "text.h"

_Alignas(4) int8_t arena[MODEL_ARENA_BYTES];
static const int8_t *const output = arena + MODEL_OUTPUT_AT;
static uint32_t layer_ticks[MODEL_LAYERS];

// One inference. An emulator calls it, too, and counts: so it is one function, whatever the compiler thinks.
__attribute__((noinline)) void infer_once(void) {
  for (int l = 0; l < MODEL_LAYERS; l++) {
    uint32_t before = ticks();
    model[l].run();
    layer_ticks[l] = ticks() - before;
  }
}

void say_lap(uint32_t us) { SAY("m-lap-us-"), say_int((int32_t)us), SAY("\r\n"); }

void command_infer(char *rest) {
  char *word = next_word(&rest);
  int32_t n = *word ? to_int(word) : 1;
  if (n < 1) {
    SAY("e-[Inference iterations must be >0]\r\n");
    return;
  }
  word = next_word(&rest);
  int32_t warmup = *word ? to_int(word) : 10;
  if (warmup < 0) {
    SAY("e-[Inference warmup must be >=0]\r\n");
    return;
  }
  char *mark = next_word(&rest);
  uint32_t crc;
  if (to_mark(mark, &crc) && crc != crc32(0, buffer, (int)sizeof buffer)) {
    SAY("e-[The input buffer holds "), say_int((int32_t)sizeof buffer), SAY(" other bytes]\r\n");
    return;
  }
  SAY("m-warmup-start-"), say_int(warmup), SAY("\r\n");
  for (int32_t i = 0; i < warmup; i++) infer_once();
  SAY("m-warmup-done\r\nm-infer-start-"), say_int(n), SAY("\r\n");
  uint32_t start = now_us();  // told only afterwards: a line takes longer than an inference
  for (int32_t i = 0; i < n; i++) infer_once();
  uint32_t end = now_us();
  say_lap(start), say_lap(end);
  SAY("m-infer-done\r\n");
  command_results(rest);
}

#if MODEL_ANSWERS_ERROR
// The mean squared difference between input and output in thousandths, both read as int8 on their scales.
static int32_t error_milli(void) {
  uint64_t total = 0;
  for (int i = 0; i < MODEL_OUTPUTS; i++) {
    int32_t x = input_at(i) - MODEL_INPUT_ZERO, y = output[i] - MODEL_OUTPUT_ZERO;
    int32_t apart_q8 = (x * MODEL_INPUT_Q16 - y * MODEL_OUTPUT_Q16) >> 8;
    total += (uint64_t)((int64_t)apart_q8 * apart_q8);
  }
  return (int32_t)((total * MODEL_MILLI_PER_ELEMENT_Q16 + (1ull << 31)) >> 32);
}
#endif

static int32_t output_milli(int i) {
  return (int32_t)(((output[i] - MODEL_OUTPUT_ZERO) * MODEL_OUTPUT_MILLI_Q16 + 32768) >> 16);
}

void command_results(char *rest) {
  (void)rest;
  SAY("m-results-[");
#if MODEL_ANSWERS_ERROR
  say_milli(error_milli());
#else
  for (int i = 0; i < MODEL_OUTPUTS; i++) {
    if (i) SAY(",");
    say_milli(output_milli(i));
  }
#endif
  SAY("]\r\n");
}

void command_output(char *rest) {
  (void)rest;
  SAY("m-output-[");
  for (int i = 0; i < MODEL_OUTPUTS; i++) {
    if (i) SAY(",");
    say_int(output[i]);
  }
  SAY("]\r\n");
}

void command_layer(char *rest) {
  (void)rest;
  for (int l = 0; l < MODEL_LAYERS; l++) {
    SAY("m-layer-["), say_int(l), SAY(",kind="), say(model[l].kind);
    SAY(",macs="), say_int(model[l].macs);
    SAY(",ticks="), say_int((int32_t)layer_ticks[l]), SAY("]\r\n");
  }
}

void command_requant(char *rest) {
  int32_t accumulator = to_int(next_word(&rest)), multiplier = to_int(next_word(&rest));
  int32_t shift = to_int(next_word(&rest));
  if (shift < 0 || shift > 31) {
    SAY("e-[requant A M N takes N from 0 to 31]\r\n");
    return;
  }
  SAY("m-requant-["), say_int(requantize(accumulator, multiplier, shift)), SAY("]\r\n");
}
