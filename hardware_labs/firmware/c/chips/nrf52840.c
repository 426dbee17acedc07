// nRF52840 (Nordic, Product Specification v1.7: UART, TIMER), as it is on the Arduino Nano 33 BLE.
#include "chip.h"
#include "sizes.h"

#define UART_STARTRX REG(0x40002000)
#define UART_STARTTX REG(0x40002008)
#define UART_RXDRDY REG(0x40002108)
#define UART_TXDRDY REG(0x4000211C)
#define UART_ENABLE REG(0x40002500)
#define UART_PSEL_TXD REG(0x4000250C)
#define UART_PSEL_RXD REG(0x40002514)
#define UART_RXD REG(0x40002518)
#define UART_TXD REG(0x4000251C)
#define UART_BAUDRATE REG(0x40002524)

#define TIMER_START REG(0x40008000)
#define TIMER_CAPTURE1 REG(0x40008044)
#define TIMER_COMPARE0 REG(0x40008140)
#define TIMER_BITMODE REG(0x40008508)
#define TIMER_PRESCALER REG(0x40008510)
#define TIMER_CC0 REG(0x40008540)
#define TIMER_CC1 REG(0x40008544)

// The values of the Product Specification: multiples of 2^12 near baud * 2^32 / 16 MHz, and 0x0F000000 for 921600.
#define BAUDRATE (BOARD_BAUD == 9600 ? 0x00275000 : BOARD_BAUD == 115200 ? 0x01D7E000 : 0x0F000000)

static int sending;

void chip_start(void) {
  UART_PSEL_TXD = 35;  // P1.03 and P1.10: the Nano's header pins TX and RX
  UART_PSEL_RXD = 42;
  UART_BAUDRATE = BAUDRATE;
  UART_ENABLE = 4;
  UART_STARTRX = 1;
  UART_STARTTX = 1;
  TIMER_BITMODE = 3;    // 32 bits
  TIMER_PRESCALER = 4;  // 16 MHz / 2^4 = 1 MHz
  TIMER_START = 1;
  start_ticks();
}

void put_byte(uint8_t byte) {
  if (sending)
    while (!UART_TXDRDY) {}
  UART_TXDRDY = 0;
  UART_TXD = byte;
  sending = 1;
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
