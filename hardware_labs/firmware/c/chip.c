// Serial port, microsecond clock and cycle counter of the nRF52840, by polling: no interrupts.
#include "chip.h"

static int sending;

// Nordic, nRF52840 Product Specification v1.7, UART BAUDRATE: the rate times 2^32 / 16 MHz, rounded.
static uint32_t baud_register(int32_t rate) {
  switch (rate) {
    case 9600: return 0x00275000;
    case 38400: return 0x009D5000;
    case 115200: return 0x01D7E000;
    case 230400: return 0x03AFB000;
    case 460800: return 0x075F7000;
    case 921600: return 0x0EBED000;
    default: return 0;
  }
}

void chip_start(void) {
  UART_PSEL_TXD = 35;  // P1.03 and P1.10: the Nano's header pins TX and RX
  UART_PSEL_RXD = 42;
  UART_BAUDRATE = baud_register(115200);
  UART_ENABLE = 4;
  UART_STARTRX = 1;
  UART_STARTTX = 1;
  TIMER_BITMODE = 3;    // 32 bits
  TIMER_PRESCALER = 4;  // 16 MHz / 2^4 = 1 MHz
  TIMER_START = 1;
  DEMCR |= 1u << 24;
  DWT_CTRL |= 1;
}

void put_byte(uint8_t byte) {
  if (sending)
    while (!UART_TXDRDY) {}
  UART_TXDRDY = 0;
  UART_TXD = byte;
  sending = 1;
}

int can_baud(int32_t rate) { return baud_register(rate) != 0; }

void change_baud(int32_t rate) {
  if (sending)
    while (!UART_TXDRDY) {}
  sending = 0;
  UART_BAUDRATE = baud_register(rate);
}

int byte_waiting(void) { return UART_RXDRDY != 0; }

uint8_t get_byte(void) {
  while (!byte_waiting()) {}
  UART_RXDRDY = 0;  // subtle: clear before reading, or a byte that arrives in between is lost
  return (uint8_t)UART_RXD;
}

uint32_t now_us(void) {
  TIMER_CAPTURE1 = 1;
  return TIMER_CC1;
}

void alarm_at(uint32_t us) {
  TIMER_COMPARE0 = 0;
  TIMER_CC0 = us;
}

// A compare register fires on equality only, so a moment already past is noticed by the clock.
int alarm_rang(void) { return TIMER_COMPARE0 != 0 || (int32_t)(now_us() - TIMER_CC0) >= 0; }

void alarm_off(void) { TIMER_CC0 = 0; }
