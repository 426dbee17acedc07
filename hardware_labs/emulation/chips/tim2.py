"""TIM2 of the STM32F4 and STM32H7 as a clock in microseconds (ST, RM0090 and RM0399)."""

from hardware_labs.emulation.registers import Register, RegisterTable

BASE = 0x40000000
CC1IF = 1 << 1

TIM2: RegisterTable = {
    BASE + 0x10: Register(read=lambda p, _: CC1IF * p.alarm_has_rung()),  # SR
    BASE + 0x24: Register(read=lambda p, _: p.now_us()),  # CNT
    BASE + 0x34: Register(read=lambda p, _: p.alarm_us, write=lambda p, us: p.set_alarm(us)),
}
