"""nRF52840: UART and TIMER (Nordic, nRF52840 Product Specification v1.7)."""

from hardware_labs.emulation.registers import Register, RegisterTable

UART, TIMER = 0x40002000, 0x40008000
CLOCK_HZ = 16_000_000

NRF52840: RegisterTable = {
    UART + 0x108: Register(read=lambda p, _: p.has_byte()),  # RXDRDY
    UART + 0x11C: Register(read=lambda p, _: p.has_sent()),  # TXDRDY
    UART + 0x518: Register(read=lambda p, _: p.take()),  # RXD
    UART + 0x51C: Register(write=lambda p, byte: p.send(byte)),  # TXD
    UART + 0x524: Register(write=lambda p, rate: p.set_baud(rate * CLOCK_HZ / 2**32)),  # BAUDRATE
    TIMER + 0x044: Register(write=lambda p, _: p.capture()),  # CAPTURE[1]
    TIMER + 0x140: Register(read=lambda p, _: p.alarm_has_rung()),  # COMPARE[0]
    TIMER + 0x540: Register(read=lambda p, _: p.alarm_us, write=lambda p, us: p.set_alarm(us)),
    TIMER + 0x544: Register(read=lambda p, _: p.captured_us),  # CC[1]
}
