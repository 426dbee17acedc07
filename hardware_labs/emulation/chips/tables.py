"""The table of each chip's registers, by the chip's name in `boards.py`."""

from hardware_labs.emulation.chips.nrf52840 import NRF52840
from hardware_labs.emulation.chips.stm32f405 import STM32F405
from hardware_labs.emulation.chips.stm32h747 import STM32H747
from hardware_labs.emulation.registers import RegisterTable

TABLES: dict[str, RegisterTable] = {
    "nrf52840": NRF52840,
    "stm32f405": STM32F405,
    "stm32h747": STM32H747,
}
