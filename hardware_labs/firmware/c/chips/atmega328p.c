// ATmega328P (Microchip, DS40002061B: USART chapter 20, Timer/Counter1 chapter 16), as it is on the Arduino Uno.
// Received bytes are kept by an interrupt, so that the processor can sleep while it waits; Timer 1 counts eighths
// of the clock, and its overflows are counted by an interrupt too.
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include "chip.h"
#include "commands.h"

#define RING 64
#define PAINT 0xC5

extern uint8_t __data_start, __data_load_end, _end;

static volatile uint8_t ring[RING], head, tail;
static volatile uint32_t overflows;
static uint32_t alarm_us;

ISR(TIMER1_OVF_vect) { overflows++; }

ISR(USART_RX_vect) {
  ring[head] = UDR0;
  head = (uint8_t)((head + 1) % RING);
}

// Before main() and before anything is on the stack.
__attribute__((naked, used, section(".init3"))) void paint_stack(void) {
  for (uint8_t *byte = &_end; byte <= (uint8_t *)RAMEND; byte++) *byte = PAINT;
}

void chip_start(void) {
  UCSR0A = 1 << U2X0;
  UBRR0 = 16;  // 16 MHz / 8 / 17 = 117,647: as near to 115,200 as it gets, 2.1 % off
  UCSR0B = 1 << RXEN0 | 1 << TXEN0 | 1 << RXCIE0;
  TCCR1B = 1 << CS11;
  TIMSK1 = 1 << TOIE1;
  set_sleep_mode(SLEEP_MODE_IDLE);
  sei();
}

void put_byte(uint8_t byte) {
  while (!(UCSR0A & 1 << UDRE0)) {}
  UDR0 = byte;
}

int byte_waiting(void) { return head != tail; }

uint8_t get_byte(void) {
  for (;;) {
    cli();
    if (byte_waiting()) break;
    sleep_enable();
    sei();  // subtle: takes effect after the next instruction, so that no byte comes in between
    sleep_cpu();
    sleep_disable();
  }
  uint8_t byte = ring[tail];
  tail = (uint8_t)((tail + 1) % RING);
  sei();
  return byte;
}

// Eighths of the clock: the overflows so far, one that nobody has counted yet, and the timer.
static uint32_t eighths(uint32_t *high) {
  uint8_t state = SREG;
  cli();
  uint16_t low = TCNT1;
  *high = overflows + ((TIFR1 & 1 << TOV1) && low < 0x8000);
  SREG = state;
  return low;
}

uint32_t now_us(void) {
  uint32_t high, low = eighths(&high);
  return (high << 15) + low / 2;
}

uint32_t ticks(void) {
  uint32_t high, low = eighths(&high);
  return (high << 19) + low * 8;
}

void alarm_at(uint32_t us) { alarm_us = us; }

int alarm_rang(void) { return (int32_t)(now_us() - alarm_us) >= 0; }

void alarm_off(void) {}

void say_memory(void) {
  const uint8_t *byte = &_end;
  while (byte <= (uint8_t *)RAMEND && *byte == PAINT) byte++;
  say_field("mem", "flash_used", (int32_t)(uint16_t)&__data_load_end);
  say_field("mem", "ram_used", (int32_t)(&_end - &__data_start));
  say_field("mem", "stack_peak", (int32_t)((uint8_t *)RAMEND + 1 - byte));
}
