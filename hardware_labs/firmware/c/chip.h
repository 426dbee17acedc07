// The few registers we use of the nRF52840 (Nordic, Product Specification v1.7: UART, TIMER)
// and of the Cortex-M4 (Arm, DDI 0439: DWT). Other boards get their own chip.h and chip.c.
#pragma once
#include <stdint.h>

#define REG(address) (*(volatile uint32_t *)(address))

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

#define DWT_CTRL REG(0xE0001000)
#define DWT_CYCCNT REG(0xE0001004)
#define DEMCR REG(0xE000EDFC)

void chip_start(void);
void put_byte(uint8_t byte);
int byte_waiting(void);
uint8_t get_byte(void);
uint32_t now_us(void);
void alarm_at(uint32_t us);
int alarm_rang(void);
void alarm_off(void);
int can_baud(int32_t rate);
void change_baud(int32_t rate);  // once all that was sent is out
static inline uint32_t ticks(void) { return DWT_CYCCNT; }
