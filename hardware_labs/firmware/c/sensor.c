// The emulated sensor: registers at an address where no chip of ours has anything. On a chip without it the first
// read is a bus fault; with BFHFNMIGN set and faults masked that is no more than a bit in a status register, which
// is how Arm means a program to look for a device (Armv7-M Architecture Reference Manual, B1.5.14 and B3.2.8).
#include "sensor.h"
#include "chip.h"
#include "text.h"

#if defined(__ARM_ARCH_7EM__) && !defined(ARDUINO)

#define SENSOR_ID REG(0xDFFF0000)
#define SENSOR_NAME REG(0xDFFF0004)   // the letters of a recording's name, then 0; reads 1 where there is one
#define SENSOR_CLASS REG(0xDFFF0008)  // reads 1 where there are rows of the class
#define SENSOR_AXES REG(0xDFFF000C)
#define SENSOR_ROW REG(0xDFFF0010)
#define SENSOR_FACTS REG(0xDFFF0014)  // writing rewinds; each read is the next letter, 0 at the end
#define SENSOR_NAMES REG(0xDFFF0018)  // likewise
#define SENSOR_VALUES ((volatile int32_t *)0xDFFF0040)
#define ID_OF_A_SENSOR 0x534E4553

#define CCR REG(0xE000ED14)
#define CFSR REG(0xE000ED28)
#define BFHFNMIGN (1u << 8)
#define BUS_FAULTS 0x0000FF00u

static int present(void) {
  static int known, found;
  if (known) return found;
  CCR |= BFHFNMIGN;
  __asm volatile("cpsid f\n dsb\n isb" ::: "memory");
  uint32_t id = SENSOR_ID;
  __asm volatile("dsb\n cpsie f\n isb" ::: "memory");
  CCR &= ~BFHFNMIGN;
  uint32_t faults = CFSR & BUS_FAULTS;
  if (faults) CFSR = faults;  // writing 1 clears
  found = !faults && id == ID_OF_A_SENSOR;
  known = 1;
  return found;
}

static void say_letters(volatile uint32_t *letters) {
  *letters = 0;
  for (char c; (c = (char)*letters) != 0;) say_byte((uint8_t)c);
}

int sensor_choose(const char *name) {
  if (!present()) return 0;
  do SENSOR_NAME = (uint32_t)*name;
  while (*name++);
  return (int)SENSOR_NAME;
}

int sensor_only_class(int32_t number) {
  if (!present()) return 0;
  SENSOR_CLASS = (uint32_t)number;
  return (int)SENSOR_CLASS;
}

int sensor_sample(uint32_t k, int32_t *values) {
  int axes = (int)SENSOR_AXES;
  SENSOR_ROW = k;
  for (int i = 0; i < axes && i < MAX_AXES; i++) values[i] = SENSOR_VALUES[i];
  return axes;
}

void sensor_say_facts(void) { say_letters(&SENSOR_FACTS); }

void sensor_say_names(void) {
  if (present()) say_letters(&SENSOR_NAMES);
}

#else

int sensor_choose(const char *name) { (void)name; return 0; }
int sensor_only_class(int32_t number) { (void)number; return 0; }
int sensor_sample(uint32_t k, int32_t *values) { (void)k, (void)values; return 0; }
void sensor_say_facts(void) {}
void sensor_say_names(void) {}

#endif
