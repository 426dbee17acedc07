"""STM32H747: USART1 and the clock gates (ST, RM0399)."""

from hardware_labs.emulation.chips.tim2 import TIM2
from hardware_labs.emulation.registers import Register, RegisterTable

USART1, GPIOA, RCC = 0x40011000, 0x58020000, 0x58024400
APB2_HZ = 120_000_000
RXNE, TXE = 1 << 5, 1 << 7

STM32H747: RegisterTable = TIM2 | {
    USART1 + 0x0C: Register(write=lambda p, divider: p.set_baud(APB2_HZ / max(1, divider))),  # BRR
    USART1 + 0x1C: Register(read=lambda p, _: RXNE * p.has_byte_unless_sending() | TXE),  # ISR
    USART1 + 0x24: Register(read=lambda p, _: p.take()),  # RDR
    USART1 + 0x28: Register(write=lambda p, byte: p.send(byte)),  # TDR
    GPIOA + 0x00: Register(),  # MODER
    GPIOA + 0x24: Register(),  # AFRH
    RCC + 0xE0: Register(),  # AHB4ENR
}
