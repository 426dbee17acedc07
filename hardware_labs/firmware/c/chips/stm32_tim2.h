// TIM2, a timer of 32 bits at the same place in the STM32F4 and the STM32H7 (ST, RM0090 chapter 18, and
// RM0399), as a clock in microseconds. The chip's own file includes this once and calls start_clock.
#pragma once
#include "chip.h"

#define TIM2_CR1 REG(0x40000000)
#define TIM2_SR REG(0x40000010)
#define TIM2_EGR REG(0x40000014)
#define TIM2_CNT REG(0x40000024)
#define TIM2_PSC REG(0x40000028)
#define TIM2_ARR REG(0x4000002C)
#define TIM2_CCR1 REG(0x40000034)
#define CC1IF 2u

static void start_clock(uint32_t timer_hz) {
  TIM2_PSC = timer_hz / 1000000 - 1;
  TIM2_ARR = 0xFFFFFFFF;
  TIM2_EGR = 1;  // takes the prescaler over
  TIM2_CR1 = 1;
}

uint32_t now_us(void) { return TIM2_CNT; }

void alarm_at(uint32_t us) {
  TIM2_CCR1 = us;
  TIM2_SR = ~CC1IF;  // writing 0 clears a flag, writing 1 leaves it
}

// The flag is set on equality only, so a moment already past is noticed by the clock.
int alarm_rang(void) { return (TIM2_SR & CC1IF) != 0 || (int32_t)(now_us() - TIM2_CCR1) >= 0; }

void alarm_off(void) { TIM2_CCR1 = 0; }
