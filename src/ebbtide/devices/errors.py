"""What goes wrong between a device and the reader of its bytes."""


class DeviceError(Exception):
    """Bytes of a device that cannot be used; the one error that the readers raise.

    Attributes:
        code: What is wrong, stable, for example `hl7.truncated_header`.
        permanent: The same bytes would fail again, so sending them again is no use.
    """

    def __init__(self, code: str, message: str, *, permanent: bool = True) -> None:
        """Say what is wrong in words that hold nothing of the patient's."""
        self.code = code
        self.permanent = permanent
        super().__init__(message)
