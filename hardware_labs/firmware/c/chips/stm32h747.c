// STM32H747, its Cortex-M7 (ST, RM0399: RCC, GPIO, USART), as it is on the
// Arduino Nicla Vision. Serial port: USART1, PA9 out, PA10 in: the header pins TX and RX. Supply and clocks are
// left as they were found: 480 MHz, buses at 120 MHz. A wrong supply setting can lock this chip up.
#include "sizes.h"
#include "stm32_tim2.h"

#define RCC_AHB4ENR REG(0x580244E0)
#define RCC_APB1LENR REG(0x580244E8)
#define RCC_APB2ENR REG(0x580244F0)
#define GPIOA_MODER REG(0x58020000)
#define GPIOA_AFRH REG(0x58020024)
#define USART1_CR1 REG(0x40011000)
#define USART1_BRR REG(0x4001100C)
#define USART1_ISR REG(0x4001101C)
#define USART1_RDR REG(0x40011024)
#define USART1_TDR REG(0x40011028)

#define RXNE (1u << 5)
#define TXE (1u << 7)
#define APB1_TIMER_HZ 240000000u
#define APB2_HZ 120000000u

void chip_start(void) {
  RCC_AHB4ENR |= 1;
  RCC_APB1LENR |= 1;
  RCC_APB2ENR |= 1u << 4;
  GPIOA_MODER = (GPIOA_MODER & ~(0xFu << 18)) | 0xAu << 18;  // PA9, PA10: alternate function
  GPIOA_AFRH = (GPIOA_AFRH & ~(0xFFu << 4)) | 0x77u << 4;    // 7: USART1
  USART1_BRR = (APB2_HZ + BOARD_BAUD / 2) / BOARD_BAUD;
  USART1_CR1 = 1u << 3 | 1u << 2 | 1u;  // transmit, receive, on
  start_clock(APB1_TIMER_HZ);
  start_ticks();
}

// The port has a buffer of one byte; it is empty again as soon as the wire takes the byte over.
void put_byte(uint8_t byte) {
  USART1_TDR = byte;
  while (!(USART1_ISR & TXE)) {}
}

int byte_waiting(void) { return (USART1_ISR & RXNE) != 0; }

uint8_t get_byte(void) {
  while (!byte_waiting()) {}
  return (uint8_t)USART1_RDR;
}
