// STM32F405 (ST, RM0090: RCC chapter 7, GPIO chapter 8, USART chapter 30), at 168 MHz from its own oscillator
// of 16 MHz, so that it does not matter which crystal a board has. Serial port: USART1, PA9 out, PA10 in.
#include "sizes.h"
#include "stm32_tim2.h"

#define FLASH_ACR REG(0x40023C00)
#define RCC_CR REG(0x40023800)
#define RCC_PLLCFGR REG(0x40023804)
#define RCC_CFGR REG(0x40023808)
#define RCC_AHB1ENR REG(0x40023830)
#define RCC_APB1ENR REG(0x40023840)
#define RCC_APB2ENR REG(0x40023844)
#define GPIOA_MODER REG(0x40020000)
#define GPIOA_AFRH REG(0x40020024)
#define USART1_SR REG(0x40011000)
#define USART1_DR REG(0x40011004)
#define USART1_BRR REG(0x40011008)
#define USART1_CR1 REG(0x4001100C)

#define RXNE (1u << 5)
#define TXE (1u << 7)
#define PLL_ON (1u << 24)
#define PLL_READY (1u << 25)
#define APB1_TIMER_HZ 84000000u
#define APB2_HZ 84000000u

static void start_pll(void) {
  FLASH_ACR = 5 | 7u << 8;                              // five wait states, prefetch and both caches
  RCC_PLLCFGR = 8u | 168u << 6 | 0u << 16 | 7u << 24;  // 16 MHz / 8 * 168 / 2
  RCC_CR |= PLL_ON;
  while (!(RCC_CR & PLL_READY)) {}
  RCC_CFGR = 2u | 5u << 10 | 4u << 13;  // PLL; APB1 at a quarter, APB2 at half of it
  while ((RCC_CFGR >> 2 & 3) != 2) {}
}

void chip_start(void) {
  start_pll();
  RCC_AHB1ENR |= 1;
  RCC_APB1ENR |= 1;
  RCC_APB2ENR |= 1u << 4;
  GPIOA_MODER = (GPIOA_MODER & ~(0xFu << 18)) | 0xAu << 18;  // PA9, PA10: alternate function
  GPIOA_AFRH = (GPIOA_AFRH & ~(0xFFu << 4)) | 0x77u << 4;    // 7: USART1
  USART1_BRR = (APB2_HZ + BOARD_BAUD / 2) / BOARD_BAUD;
  USART1_CR1 = 1u << 13 | 1u << 3 | 1u << 2;  // on, transmit, receive
  start_clock(APB1_TIMER_HZ);
  start_ticks();
}

// The port has a buffer of one byte; it is empty again as soon as the wire takes the byte over.
void put_byte(uint8_t byte) {
  USART1_DR = byte;
  while (!(USART1_SR & TXE)) {}
}

int byte_waiting(void) { return (USART1_SR & RXNE) != 0; }

uint8_t get_byte(void) {
  while (!byte_waiting()) {}
  return (uint8_t)USART1_DR;
}
