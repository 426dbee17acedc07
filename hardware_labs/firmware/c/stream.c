// Streams: a test signal (a wave of parabolas, close to a sine, plus noise from a 16-bit shift register), or the
// rows of a recording where the board has an emulated sensor.
#include "chip.h"
#include "commands.h"
#include "sensor.h"
#include "text.h"

static int32_t period = 50, amplitude = 1000, noise = 40;
static int replays;  // 1: the sensor's recording, 0: the test signal

static int32_t signal_at(uint32_t k, uint32_t *lfsr) {
  for (int i = 0; i < 8; i++) *lfsr = *lfsr >> 1 ^ (*lfsr & 1 ? 0xB400 : 0);
  int32_t phase = (int32_t)(k % (uint32_t)period * 1024 / (uint32_t)period);
  int32_t half = phase & 511;
  int32_t wave = half * (512 - half) / 64 * amplitude / 1024;
  int32_t jitter = (int32_t)(*lfsr % (uint32_t)(2 * noise + 1)) - noise;
  return (phase & 512 ? -wave : wave) + jitter;
}

// 1 when the moment has come, 0 when the host sent a byte first: that ends the stream.
static int wait_until(uint32_t due) {
  alarm_at(due);
  do
    if (byte_waiting()) return 0;
  while (!alarm_rang());
  return 1;
}

// k / hz in microseconds, without the 64-bit division that needs a library.
static uint32_t time_of(uint32_t k, uint32_t hz) {
  uint32_t seconds = k / hz, rest = k % hz;
  return seconds * 1000000u + rest * (1000000u / hz) + rest * (1000000u % hz) / hz;
}

static void say_sample(uint32_t k, const int32_t *values, int axes) {
  SAY("m-s-"), say_int((int32_t)k);
  for (int i = 0; i < axes; i++) SAY(","), say_int(values[i]);
  SAY("\r\n");
}

// Sample k is due k / hz seconds after the start. One that is more than a period late is not sent,
// and its number is missing from the stream.
void command_stream(char *rest) {
  int32_t hz = to_int(next_word(&rest)), n = to_int(next_word(&rest)), late = 0, values[MAX_AXES];
  uint32_t lfsr = 0xACE1, start = now_us();
  if (hz < 1 || hz > 10000 || n < 0) {
    SAY("e-[stream HZ N takes 1 to 10000 Hz and N of at least 0]\r\n");
    return;
  }
  for (uint32_t k = 0; n == 0 || k < (uint32_t)n; k++) {
    int axes = replays ? sensor_sample(k, values) : 1;
    if (!replays) values[0] = signal_at(k, &lfsr);
    uint32_t due = start + time_of(k, (uint32_t)hz);
    if ((int32_t)(now_us() - due) > 1000000 / hz) late++;
    else if (!wait_until(due)) break;
    else say_sample(k, values, axes);
  }
  alarm_off();
  say_field("stream", "late", late);
}

static int32_t *setting(const char *key) {
  if (same(key, "period")) return &period;
  if (same(key, "amplitude")) return &amplitude;
  if (same(key, "noise")) return &noise;
  return 0;
}

static void set_source(const char *name) {
  int is_test = same(name, "test");
  if (!is_test && !sensor_choose(name)) {
    SAY("e-[set source takes test"), sensor_say_names(), SAY("; not "), say(name), SAY("]\r\n");
    return;
  }
  replays = !is_test;
  SAY("m-set-[source="), say(name), SAY("]\r\n");
}

static void set_class(const char *word) {
  int32_t number = to_int(word);
  if (replays && sensor_only_class(number)) say_field("set", "class", number);
  else SAY("e-[set class takes the number of a class in the recording, or -1 for all]\r\n");
}

void command_set(char *rest) {
  char *key = next_word(&rest), *word = next_word(&rest);
  int32_t value = to_int(word), *at = setting(key);
  if (same(key, "source")) {
    set_source(word);
  } else if (same(key, "class")) {
    set_class(word);
  } else if (!at || value < (at == &period) || value > 10000) {
    SAY("e-[set takes period 1..10000, amplitude or noise 0..10000; not "), say(key), SAY("]\r\n");
  } else {
    *at = value;
    say_field("set", key, value);
  }
}

void say_source(void) {
  SAY("m-info-[sources=test"), sensor_say_names(), SAY("]\r\n");
  if (replays) sensor_say_facts();
  else SAY("m-info-[source=test]\r\nm-info-[source_data=synthesised by the firmware]\r\n");
}
