// What every chip can do, by polling: bytes out and in, a clock in microseconds, an alarm, a tick counter.
// Each chip's file in chips/ does it with that chip's own registers; one of them goes into a build.
#pragma once
#include <stdint.h>

#define REG(address) (*(volatile uint32_t *)(address))

#ifdef __cplusplus
extern "C" {
#endif

void chip_start(void);
void put_byte(uint8_t byte);
int byte_waiting(void);
uint8_t get_byte(void);
uint32_t now_us(void);
void alarm_at(uint32_t us);
int alarm_rang(void);
void alarm_off(void);
void say_memory(void);  // what is known of flash, RAM and stack, as m-mem-[key=value]

// Cortex-M4 and M7 count clock cycles themselves (Armv7-M Architecture Reference Manual, C1.8: DWT).
#ifdef __ARM_ARCH_7EM__
#define DWT_CTRL REG(0xE0001000)
#define DWT_CYCCNT REG(0xE0001004)
#define DEMCR REG(0xE000EDFC)
static inline void start_ticks(void) { DEMCR |= 1u << 24, DWT_CTRL |= 1; }
static inline uint32_t ticks(void) { return DWT_CYCCNT; }
#else
uint32_t ticks(void);
#endif

#ifdef __cplusplus
}
#endif
