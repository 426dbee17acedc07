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
#define LOOK_EVERY 1000  // instructions between two looks at the input and the clock on the wall

static unsigned char waiting[4096];
static int first, count, can_take = 1, is_fast, has_fed;
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

// Waits at most that long for input; the end of the input is the end of this program.
static void look(int timeout_ms) {
  fflush(out);
  struct pollfd in = {.fd = 0, .events = POLLIN};
  if (count || poll(&in, 1, timeout_ms) <= 0) return;
  ssize_t n = read(0, waiting, sizeof waiting);
  if (n <= 0) exit(0);
  first = 0, count = (int)n;
}

// What comes before the firmware has switched its receiver on waits for it.
static void feed(avr_t *avr) {
  while (count && can_take && avr->data[UCSR0B] & RXEN0) {
    avr_raise_irq(input, waiting[first++]);
    count--, has_fed = 1;
  }
}

static double now_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

// The firmware sleeps only while it waits for a byte. A byte that was fed is on the wire already.
static void on_sleep(avr_t *avr, avr_cycle_count_t cycles) {
  (void)avr, (void)cycles;
  if (!has_fed) look(is_fast ? 1 : 0);
  has_fed = 0;
}

// Holds the board's clock to the one on the wall; after a wait that was too long it does not hurry.
static void keep_time(avr_t *avr) {
  static double zero_s;
  double ahead_s = (double)avr->cycle / CLOCK_HZ - (now_s() - zero_s);
  if (zero_s == 0 || ahead_s < 0) zero_s = now_s() - (double)avr->cycle / CLOCK_HZ;
  else if (ahead_s > 0.002) look((int)(ahead_s * 1e3));
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
