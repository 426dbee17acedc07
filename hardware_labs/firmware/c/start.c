// A Cortex-M from reset to main(): copy .data, clear .bss, paint the stack so that mem% can tell how deep it went.
#include "chip.h"
#include "commands.h"

#define PAINT 0x5AFE57AC

extern uint32_t _sflash, _sidata, _sdata, _edata, _sbss, _ebss, _estack;
int main(void);

__attribute__((noreturn)) void reset(void) {
#ifdef __ARM_FEATURE_MVE
  REG(0xE000ED88) |= 0xFu << 20;  // Helium is off after reset, and the loops below may use it
  __asm volatile("dsb\n isb" ::: "memory");
#endif
  for (uint32_t *from = &_sidata, *to = &_sdata; to < &_edata;) *to++ = *from++;
  for (volatile uint32_t *word = &_sbss; word < &_ebss; word++) *word = 0;
  uint32_t *here = (uint32_t *)__builtin_frame_address(0) - 32;
  for (volatile uint32_t *word = &_ebss; word < here; word++) *word = PAINT;
  main();
  for (;;) {}
}

__attribute__((section(".vectors"), used)) static void *const vectors[] = {&_estack, (void *)reset};

void say_memory(void) {
  const uint32_t *word = &_ebss;
  while (word < &_estack && *word == PAINT) word++;
  int32_t data = (int32_t)((char *)&_edata - (char *)&_sdata);
  say_field("mem", "flash_used", (int32_t)((char *)&_sidata - (char *)&_sflash) + data);
  say_field("mem", "ram_used", (int32_t)((char *)&_ebss - (char *)&_sdata));
  say_field("mem", "stack_peak", (int32_t)((const char *)&_estack - (const char *)word));
}

// Structures are copied through these even without a C library.
__attribute__((used)) void *memcpy(void *to, const void *from, unsigned n) {
  for (unsigned i = 0; i < n; i++) ((volatile char *)to)[i] = ((const char *)from)[i];
  return to;
}

__attribute__((used)) void *memset(void *to, int byte, unsigned n) {
  for (unsigned i = 0; i < n; i++) ((volatile char *)to)[i] = (char)byte;
  return to;
}
