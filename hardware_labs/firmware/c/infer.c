// Running the model on the input buffer, timing it, and telling the result.
#include "chip.h"
#include "commands.h"
#include "load.h"
#include "mlp.h"
#include "model.h"
#include "text.h"

static int8_t activations[2][MODEL_WIDEST];
static const int8_t *output = activations[0];
static uint32_t layer_ticks[MODEL_LAYERS];

static void infer_once(void) {
  const int8_t *x = (const int8_t *)buffer;
  for (int l = 0; l < MODEL_LAYERS; l++) {
    uint32_t before = ticks();
    dense(&model[l], x, activations[l & 1]);
    layer_ticks[l] = ticks() - before;
    x = activations[l & 1];
  }
  output = x;
}

void say_lap(uint32_t us) { say("m-lap-us-"), say_int((int32_t)us), say("\r\n"); }

void command_infer(char *rest) {
  int32_t n = to_int(next_word(&rest)), warmup = to_int(next_word(&rest));
  char *mark = next_word(&rest);
  uint32_t crc;
  if (to_mark(mark, &crc) && crc != crc32(0, buffer, (int)sizeof buffer)) {
    say("e-[The input buffer holds "), say_int((int32_t)sizeof buffer), say(" other bytes]\r\n");
    return;
  }
  say("m-warmup-start-"), say_int(warmup), say("\r\n");
  for (int32_t i = 0; i < warmup; i++) infer_once();
  say("m-warmup-done\r\nm-infer-start-"), say_int(n), say("\r\n");
  uint32_t start = now_us();  // told only afterwards: a line takes longer than an inference
  for (int32_t i = 0; i < n; i++) infer_once();
  uint32_t end = now_us();
  say_lap(start), say_lap(end);
  say("m-infer-done\r\n");
  command_results(rest);
}

void command_results(char *rest) {
  (void)rest;
  say("m-results-[");
  for (int i = 0; i < MODEL_OUTPUTS; i++) {
    if (i) say(",");
    say_milli((output[i] - MODEL_OUTPUT_ZERO) * MODEL_OUTPUT_MILLI);
  }
  say("]\r\n");
}

void command_layer(char *rest) {
  (void)rest;
  for (int l = 0; l < MODEL_LAYERS; l++) {
    say("m-layer-["), say_int(l), say(",macs="), say_int(model[l].inputs * model[l].outputs);
    say(",ticks="), say_int((int32_t)layer_ticks[l]), say("]\r\n");
  }
}

void command_requant(char *rest) {
  int32_t accumulator = to_int(next_word(&rest)), multiplier = to_int(next_word(&rest));
  int32_t shift = to_int(next_word(&rest));
  say("m-requant-["), say_int(requantize(accumulator, multiplier, shift)), say("]\r\n");
}
