from billing.models.contract import Contract, ContractEntry, GuaranteedWindow
from billing.models.tariff import HourlyPrice

__all__ = ["Contract", "ContractEntry", "GuaranteedWindow", "HourlyPrice"]
