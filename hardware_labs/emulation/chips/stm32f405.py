"""STM32F405: USART1, and the clock tree, which is ready as soon as it is asked (ST, RM0090)."""

from hardware_labs.emulation.chips.tim2 import TIM2
from hardware_labs.emulation.registers import Register, RegisterTable

USART1, GPIOA, RCC, FLASH = 0x40011000, 0x40020000, 0x40023800, 0x40023C00
APB2_HZ = 84_000_000
RXNE, TXE = 1 << 5, 1 << 7
PLL_ON, PLL_READY = 1 << 24, 1 << 25

STM32F405: RegisterTable = TIM2 | {
    USART1 + 0x00: Register(read=lambda p, _: RXNE * p.has_byte_unless_sending() | TXE),  # SR
    USART1 + 0x04: Register(read=lambda p, _: p.take(), write=lambda p, byte: p.send(byte)),  # DR
    USART1 + 0x08: Register(write=lambda p, divider: p.set_baud(APB2_HZ / max(1, divider))),  # BRR
    GPIOA + 0x00: Register(),  # MODER
    GPIOA + 0x24: Register(),  # AFRH
    RCC + 0x00: Register(read=lambda _, cr: cr | (PLL_READY if cr & PLL_ON else 0)),  # CR
    RCC + 0x08: Register(read=lambda _, cfgr: cfgr | (cfgr & 3) << 2),  # CFGR: SWS follows SW
    FLASH + 0x00: Register(),  # ACR
}
