from billing.models.tariff import HourlyPrice

__all__ = ["HourlyPrice"]
