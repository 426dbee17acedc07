// Arm's MPS3 board with the AN547 image (SSE-300, Cortex-M55): CMSDK UART 0 (Arm, DDI 0479, 4.3) and the counter of
// the board's I/O block. The program runs in the secure state, so addresses are the secure ones.
#include "chip.h"
#include "sizes.h"

#define UART_DATA REG(0x59303000)
#define UART_STATE REG(0x59303004)
#define UART_CTRL REG(0x59303008)
#define UART_INTSTATUS REG(0x5930300C)
#define UART_BAUDDIV REG(0x59303010)
#define FPGAIO_COUNTER REG(0x59302018)
#define FPGAIO_PRESCALE REG(0x5930201C)
#define NVIC_ISER1 REG(0xE000E104)
#define NVIC_ICPR1 REG(0xE000E284)

#define TX_FULL 1u
#define RX_FULL 2u
#define UART0_RX_IRQ 33

static uint32_t alarm_us;

void chip_start(void) {
  __asm volatile("cpsid i");  // an interrupt wakes the core from wfi, but none is taken
  UART_BAUDDIV = BOARD_CLOCK_HZ / 115200;
  UART_CTRL = 1 | 2 | 8;  // transmit, receive, interrupt on receive
  NVIC_ISER1 = 1u << (UART0_RX_IRQ - 32);
  FPGAIO_PRESCALE = 0;  // counts at 32 MHz
}

void put_byte(uint8_t byte) {
  while (UART_STATE & TX_FULL) {}
  UART_DATA = byte;
}

int byte_waiting(void) { return (UART_STATE & RX_FULL) != 0; }

uint8_t get_byte(void) {
  while (!byte_waiting()) __asm volatile("wfi");
  UART_INTSTATUS = 2;  // subtle: clear before reading, or a byte that arrives in between is lost
  NVIC_ICPR1 = 1u << (UART0_RX_IRQ - 32);
  return (uint8_t)UART_DATA;
}

uint32_t ticks(void) { return FPGAIO_COUNTER; }

// The counter of 32 bits wraps after 134 s; asked at least that often, the clock goes on.
uint32_t now_us(void) {
  static uint32_t last, us, rest;
  uint32_t now = ticks(), passed = now - last + rest;
  last = now, us += passed / 32, rest = passed % 32;
  return us;
}

void alarm_at(uint32_t us) { alarm_us = us; }

int alarm_rang(void) { return (int32_t)(now_us() - alarm_us) >= 0; }

void alarm_off(void) {}
