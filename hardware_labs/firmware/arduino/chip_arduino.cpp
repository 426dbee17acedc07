// chip.h by Arduino's own means. Serial is USB on the Nano 33 BLE and the Nicla Vision, and on the Uno the chip's port
// behind a USB converter. Recorded data is not here: a board on a desk has sensors of its own.
#include <Arduino.h>
#include "chip.h"
extern "C" {
#include "commands.h"
}

static uint32_t alarm_us;

void chip_start(void) {
  Serial.begin(115200);
  while (!Serial) {}
#ifdef __ARM_ARCH_7EM__
  start_ticks();
#endif
}

void put_byte(uint8_t byte) { Serial.write(byte); }

int byte_waiting(void) { return Serial.available() > 0; }

uint8_t get_byte(void) {
  while (!Serial.available()) {}
  return (uint8_t)Serial.read();
}

uint32_t now_us(void) { return micros(); }

#ifndef __ARM_ARCH_7EM__
uint32_t ticks(void) { return micros() * (F_CPU / 1000000); }
#endif

void alarm_at(uint32_t us) { alarm_us = us; }

int alarm_rang(void) { return (int32_t)(micros() - alarm_us) >= 0; }

void alarm_off(void) {}

// Only what the linker of this board tells: on the others the core shares the memory with an operating system.
void say_memory(void) {
#ifdef __AVR__
  extern uint8_t __data_start, __data_load_end, _end;
  say_field("mem", "flash_used", (int32_t)(uint16_t)&__data_load_end);
  say_field("mem", "ram_used", (int32_t)(&_end - &__data_start));
#endif
}
