"""Speckle: echoes of scatterers too small to be seen, blurred by pulse and beam.

The scatterers are tied to the tissue (a Cartesian field in mm), so that the speckle of a clip
moves with the liver.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hepaspot.phantom.geometry import BEAM_ROWS, Geometry, Map
from hepaspot.phantom.shading import APERTURE_MM, F_NUMBER

Waves = NDArray[np.complex64]
"""``(rows, beams) complex64``: the echo's amplitude and phase."""

SOUND_MM_PER_US: Final = 1.54
"""Speed of sound in soft tissue: mm/us (convention of all scanners)."""

CYCLES: Final = 2.2
"""Length of the pulse: cycles of its frequency (broadband abdominal probes)."""

FOCUS_SHARE: Final = 0.5
"""Where the transmit focus lies: share of the depth (convention)."""

FOCUS_LENGTH_MM: Final = 60.0
"""Away from the focus by this, the beam is wider by a square root of 2: mm."""

PITCH_MM: Final = (0.25, 0.12)
"""Spacing of the scatterer field, x and z: mm; several in every cell of the pulse."""

GRAIN_MM: Final = (0.35, 0.10)
"""Smoothing of the field, standard deviation in x and z: mm, below that of pulse and beam."""

SAME_SCATTERERS: Final = 0.45
"""Share of power that two compounded pictures have in common (measured at 10 degrees)."""


class Scatterers:
    """The scatterers of one phantom, and how its scanner blurs them."""

    def __init__(self, seed: int, geometry: Geometry, frequency_mhz: float) -> None:
        self._geometry = geometry
        self._axial_rows = pulse_sd_mm(frequency_mhz) / geometry.step_mm
        self._beam_filter = _beam_filter(geometry, frequency_mhz)
        self._field = _field(seed, geometry)
        level = np.sqrt((np.abs(self._blurred(self.plain())) ** 2).mean(axis=1))
        level = cv2.GaussianBlur(level[:, None].astype(np.float32), (1, 0), 1, sigmaY=60.0)
        self._scale = 1 / level

    def plain(self, moved: tuple[Map | float, Map | float] = (0.0, 0.0), picture: int = 0) -> Waves:
        """Scatterers of even strength where the beams look, the tissue moved by (x, z) mm.

        ``picture`` counts the steered pictures of a compound: each sees partly others.
        """
        own = self._looked_up(moved, 0)
        if picture == 0:
            return own
        other = self._looked_up(moved, picture)
        return np.asarray(
            np.sqrt(SAME_SCATTERERS) * own + np.sqrt(1 - SAME_SCATTERERS) * other, np.complex64
        )

    def echo(self, scatterers: Waves) -> Waves:
        """What the probe receives: even scatterers of power 1 give an echo of mean power 1."""
        return np.asarray(self._blurred(scatterers) * self._scale, np.complex64)

    def noise(self, random: np.random.Generator) -> Waves:
        """Electronic noise of mean power 1: as wide as the pulse along the beam, else free."""
        shape = (BEAM_ROWS, self._geometry.beams, 2)
        white = random.standard_normal(shape, np.float32)
        noise = cv2.GaussianBlur(white, (1, 0), 1, sigmaY=self._axial_rows)
        return np.asarray(_as_waves(noise) / np.sqrt(2 * noise.var()), np.complex64)

    def _looked_up(self, moved: tuple[Map | float, Map | float], picture: int) -> Waves:
        geometry = self._geometry
        aside, down = 41.3 * picture, 27.7 * picture
        x = (geometry.x_mm - moved[0] + aside) / PITCH_MM[0] + self._field.shape[1] / 2
        z = (geometry.z_mm - moved[1] + down) / PITCH_MM[1]
        looked = cv2.remap(
            self._field,
            x.astype(np.float32),
            z.astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_WRAP,
        )
        return _as_waves(looked)

    def _blurred(self, waves: Waves) -> Waves:
        parts = np.ascontiguousarray(waves).view(np.float32).reshape(*waves.shape, 2)
        blurred = cv2.GaussianBlur(parts, (1, 0), 1, sigmaY=self._axial_rows)
        spectrum = np.fft.fft(_as_waves(blurred), axis=1)
        spectrum *= self._beam_filter
        return np.asarray(np.fft.ifft(spectrum, axis=1), np.complex64)


def seen_by_beam_db(expected_db: Map, geometry: Geometry, frequency_mhz: float) -> Map:
    """Expected echo with what the beam takes in from beside it: dB.

    Amplitudes blur by the beam, so powers blur by its square, which is narrower by a root of 2.
    """
    sd = beam_sd_mm(geometry.depths_mm, geometry.depth_mm, frequency_mhz) / np.sqrt(2)
    columns = sd / ((geometry.near_mm + geometry.depths_mm) * geometry.beam_step)
    waves = np.fft.rfftfreq(geometry.beams)[None, :]
    spectrum = np.fft.rfft(10 ** (expected_db / 10), axis=1)
    spectrum *= np.exp(-2 * (np.pi * columns * waves) ** 2)
    power = np.fft.irfft(spectrum, n=geometry.beams, axis=1)
    return np.asarray(10 * np.log10(np.maximum(power, 1e-12)), np.float32)


def pulse_sd_mm(frequency_mhz: float) -> float:
    """Standard deviation of the pulse along the beam."""
    return CYCLES * SOUND_MM_PER_US / frequency_mhz / 2 / 2.355


def beam_sd_mm(depths_mm: Map, reach_mm: float, frequency_mhz: float) -> Map:
    """Standard deviation of the beam across itself: diffraction, wider away from the focus."""
    wavelength = SOUND_MM_PER_US / frequency_mhz
    number = np.maximum(F_NUMBER, depths_mm / APERTURE_MM)
    away = (depths_mm - FOCUS_SHARE * reach_mm) / FOCUS_LENGTH_MM
    return np.asarray(wavelength * number * np.sqrt(1 + away**2) / 2.355, np.float32)


def _beam_filter(geometry: Geometry, frequency_mhz: float) -> Map:
    """``(rows, beams)``: spectrum of the beam's profile at every depth."""
    sd = beam_sd_mm(geometry.depths_mm, geometry.depth_mm, frequency_mhz)
    grain = GRAIN_MM[0]
    left = np.sqrt(np.maximum(sd**2 - grain**2, 0.01))
    columns = left / ((geometry.near_mm + geometry.depths_mm) * geometry.beam_step)
    waves = np.fft.fftfreq(geometry.beams)[None, :]
    return np.asarray(np.exp(-2 * (np.pi * columns * waves) ** 2), np.float32)


def _field(seed: int, geometry: Geometry) -> NDArray[np.float32]:
    """``(n, m, 2) float32``: real and imaginary parts of the scatterers, in tissue."""
    reach = geometry.near_mm + geometry.depth_mm
    width = 2 * reach * np.sin(geometry.half_angle) * 1.12 + 20
    size = (int((reach + 10) / PITCH_MM[1]), int(width / PITCH_MM[0]), 2)
    field = np.random.default_rng([seed, 4]).standard_normal(size, np.float32)
    return np.asarray(
        cv2.GaussianBlur(
            field,
            (0, 0),
            sigmaX=GRAIN_MM[0] / PITCH_MM[0],
            sigmaY=GRAIN_MM[1] / PITCH_MM[1],
        ),
        np.float32,
    )


def _as_waves(parts: np.ndarray) -> Waves:
    parts = np.ascontiguousarray(parts, np.float32)
    return np.asarray(parts.view(np.complex64)[..., 0], np.complex64)
