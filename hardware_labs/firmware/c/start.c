// From reset to main(): copy .data, clear .bss, paint the stack so that mem% can tell how deep it went.
#include <stdint.h>

extern uint32_t _sidata, _sdata, _edata, _sbss, _ebss, _estack;
int main(void);

__attribute__((noreturn)) void reset(void) {
  for (uint32_t *from = &_sidata, *to = &_sdata; to < &_edata;) *to++ = *from++;
  for (volatile uint32_t *word = &_sbss; word < &_ebss; word++) *word = 0;
  uint32_t *here = (uint32_t *)__builtin_frame_address(0) - 32;
  for (volatile uint32_t *word = &_ebss; word < here; word++) *word = 0x5AFE57AC;
  main();
  for (;;) {}
}

__attribute__((section(".vectors"), used)) static void *const vectors[] = {&_estack, (void *)reset};

// Structures are copied through these even without a C library.
__attribute__((used)) void *memcpy(void *to, const void *from, unsigned n) {
  for (unsigned i = 0; i < n; i++) ((volatile char *)to)[i] = ((const char *)from)[i];
  return to;
}

__attribute__((used)) void *memset(void *to, int byte, unsigned n) {
  for (unsigned i = 0; i < n; i++) ((volatile char *)to)[i] = (char)byte;
  return to;
}
