// Runs Uno firmware on simavr: standard input is what the board receives, standard output what it sends.
//
//     run_uno FIRMWARE.elf realtime|fast
//
// simavr is a library under the GPL 3. This is therefore a program of its own, compiled on the machine of whoever
// asks for an emulated Uno, and nothing else of the course is linked with it. It ends with its standard input.
#include <poll.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CLOCK_HZ 16000000
#define UCSR0B 0xC1
#define RXEN0 0x10
#define CYCLES_PER_BYTE 1360
#define LOOK_EVERY 1000  // instructions between two looks at the input and the clock on the wall

static unsigned char waiting[4096];
static int first, count, can_take = 1, is_fast;
static double zero_s;  // the wall when the board was switched on
static avr_irq_t *input;
static FILE *out;

static void on_output(avr_irq_t *irq, uint32_t byte, void *unused) {
  (void)irq, (void)unused;
  putc((int)byte, out);
}

static void on_xon(avr_irq_t *irq, uint32_t value, void *unused) {
  (void)irq, (void)value, (void)unused;
  can_take = 1;
}

static void on_xoff(avr_irq_t *irq, uint32_t value, void *unused) {
  (void)irq, (void)value, (void)unused;
  can_take = 0;
}

// Waits at most that long for input; 1 where some came. The end of the input is the end of this program.
static int look(double timeout_s) {
  fflush(out);
  struct pollfd in = {.fd = 0, .events = POLLIN};
  if (count || poll(&in, 1, timeout_s > 0 ? (int)(timeout_s * 1e3) + 1 : 0) <= 0) return 0;
  ssize_t n = read(0, waiting, sizeof waiting);
  if (n <= 0) exit(0);
  first = 0, count = (int)n;
  return 1;
}

// What comes before the firmware has switched its receiver on waits for it.
static void feed(avr_t *avr) {
  while (count && can_take && avr->data[UCSR0B] & RXEN0) {
    avr_raise_irq(input, waiting[first++]);
    count--;
  }
}

static double now_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double ahead_s(double cycle) { return cycle / CLOCK_HZ - (now_s() - zero_s); }

// The firmware sleeps only while it waits for a byte, here until then or until the next event on the chip, in so many
// cycles: simavr adds them to its clock, so those that were not slept are taken off first. An event that is near is
// a byte on its way.
static void on_sleep(avr_t *avr, avr_cycle_count_t cycles) {
  if (cycles < 3 * CYCLES_PER_BYTE) return;
  double end = (double)avr->cycle + (double)cycles;
  if (!look(is_fast ? 0.001 : ahead_s(end))) return;
  double left = is_fast ? (double)cycles : ahead_s(end) * CLOCK_HZ;
  if (left > 0) avr->cycle -= left < (double)cycles ? (avr_cycle_count_t)left : cycles;
}

// Holds the board's clock to the one on the wall; after a wait that was too long it does not hurry.
static void keep_time(avr_t *avr) {
  double ahead = ahead_s((double)avr->cycle);
  if (ahead < 0) zero_s += -ahead;
  else if (ahead > 0.002) look(ahead);
}

// simavr prints remarks of its own on standard output; they go to standard error.
static void keep_output_clean(void) {
  out = fdopen(dup(1), "w");
  dup2(2, 1);
}

static avr_t *power_on(const char *path) {
  elf_firmware_t firmware;
  memset(&firmware, 0, sizeof firmware);
  avr_t *avr = avr_make_mcu_by_name("atmega328p");
  if (!avr || elf_read_firmware(path, &firmware)) exit(2);
  avr_init(avr);
  avr_load_firmware(avr, &firmware);
  avr->frequency = CLOCK_HZ;
  avr->sleep = on_sleep;
  return avr;
}

static void connect(avr_t *avr) {
  uint32_t flags = 0;  // no copy of the output on the terminal, no sleeping while the firmware polls
  avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
  input = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT);
  avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), on_output, 0);
  avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUT_XON), on_xon, 0);
  avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUT_XOFF), on_xoff, 0);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  keep_output_clean();
  is_fast = strcmp(argv[2], "fast") == 0;
  avr_t *avr = power_on(argv[1]);
  connect(avr);
  zero_s = now_s();
  for (int state = cpu_Running; state != cpu_Done && state != cpu_Crashed;) {
    for (int i = 0; i < LOOK_EVERY && state != cpu_Done && state != cpu_Crashed; i++) {
      feed(avr);
      state = avr_run(avr);
    }
    look(0);
    if (!is_fast) keep_time(avr);
  }
  fputs("The firmware crashed.\n", stderr);
  return 1;
}
