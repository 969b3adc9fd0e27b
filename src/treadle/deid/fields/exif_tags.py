"""Names of TIFF and EXIF tags (TIFF 6.0, EXIF 2.32, and what readers call private ones): number, name, type."""

from __future__ import annotations

from typing import NamedTuple

_IMAGE = """
11 ProcessingSoftware 2; 254 NewSubfileType 4; 255 SubfileType 3; 256 ImageWidth 4; 257 ImageLength 4; 258
BitsPerSample 3; 259 Compression 3; 262 PhotometricInterpretation 3; 263 Threshholding 3; 264 CellWidth 3; 265
CellLength 3; 266 FillOrder 3; 269 DocumentName 2; 270 ImageDescription 2; 271 Make 2; 272 Model 2; 273
StripOffsets 4; 274 Orientation 3; 277 SamplesPerPixel 3; 278 RowsPerStrip 4; 279 StripByteCounts 4; 280
MinSampleValue 3; 281 MaxSampleValue 3; 282 XResolution 5; 283 YResolution 5; 284 PlanarConfiguration 3; 285
PageName 2; 286 XPosition 5; 287 YPosition 5; 288 FreeOffsets 4; 289 FreeByteCounts 4; 290 GrayResponseUnit 3; 291
GrayResponseCurve 3; 292 T4Options 4; 293 T6Options 4; 296 ResolutionUnit 3; 297 PageNumber 3; 301
TransferFunction 3; 305 Software 2; 306 DateTime 2; 315 Artist 2; 316 HostComputer 2; 317 Predictor 3; 318
WhitePoint 5; 319 PrimaryChromaticities 5; 320 ColorMap 3; 321 HalftoneHints 3; 322 TileWidth 4; 323 TileLength 4;
324 TileOffsets 4; 325 TileByteCounts 4; 330 SubIFDs 4; 332 InkSet 3; 333 InkNames 2; 334 NumberOfInks 3; 336
DotRange 3; 337 TargetPrinter 2; 338 ExtraSamples 3; 339 SampleFormat 3; 340 SMinSampleValue 12; 341
SMaxSampleValue 12; 342 TransferRange 3; 343 ClipPath 1; 344 XClipPathUnits 4; 345 YClipPathUnits 4; 346 Indexed
3; 347 JPEGTables 7; 351 OPIProxy 3; 512 JPEGProc 3; 513 JPEGInterchangeFormat 4; 514 JPEGInterchangeFormatLength
4; 515 JPEGRestartInterval 3; 517 JPEGLosslessPredictors 3; 518 JPEGPointTransforms 3; 519 JPEGQTables 4; 520
JPEGDCTables 4; 521 JPEGACTables 4; 529 YCbCrCoefficients 5; 530 YCbCrSubSampling 3; 531 YCbCrPositioning 3; 532
ReferenceBlackWhite 5; 700 XMLPacket 1; 700 XMP 1; 18246 Rating 3; 18249 RatingPercent 3; 32781 ImageID 2; 32995
Matteing 3; 32996 DataType 3; 32997 ImageDepth 4; 32998 TileDepth 4; 33421 CFARepeatPatternDim 3; 33422 CFAPattern
1; 33423 BatteryLevel 5; 33432 Copyright 2; 33434 ExposureTime 5; 33723 IptcNaaInfo 7; 34377 ImageResources 1;
34377 PhotoshopInfo 1; 34665 ExifIFD 4; 34665 ExifTag 4; 34675 ICCProfile 7; 34675 InterColorProfile 7; 34853
GPSInfoIFD 4; 34853 GPSTag 4; 34857 Interlace 3; 34858 TimeZoneOffset 4; 34859 SelfTimerMode 3; 36864 ExifVersion
7; 37387 FlashEnergy 5; 37388 SpatialFrequencyResponse 7; 37389 Noise 7; 37390 FocalPlaneXResolution 5; 37391
FocalPlaneYResolution 5; 37392 FocalPlaneResolutionUnit 3; 37393 ImageNumber 4; 37394 SecurityClassification 2;
37395 ImageHistory 2; 37397 ExposureIndex 5; 37398 TIFFEPStandardID 1; 37399 SensingMethod 3; 37724
ImageSourceData 7; 40091 XPTitle 1; 40092 XPComment 1; 40093 XPAuthor 1; 40094 XPKeywords 1; 40095 XPSubject 1;
40960 FlashPixVersion 7; 40965 InteroperabilityIFD 4; 41730 CFAPattern 7; 45056 MPFVersion 7; 45057 NumberOfImages
4; 45058 MPEntry 7; 45059 ImageUIDList 7; 45060 TotalFrames 4; 45313 MPIndividualNum 4; 45569 PanOrientation 4;
45570 PanOverlap_H 5; 45571 PanOverlap_V 5; 45572 BaseViewpointNum 4; 45573 ConvergenceAngle 10; 45574
BaselineLength 5; 45575 VerticalDivergence 10; 45576 AxisDistance_X 10; 45577 AxisDistance_Y 10; 45578
AxisDistance_Z 10; 45579 YawAngle 10; 45580 PitchAngle 10; 45581 RollAngle 10; 50341 PrintImageMatching 7; 50706
DNGVersion 1; 50707 DNGBackwardVersion 1; 50708 UniqueCameraModel 2; 50709 LocalizedCameraModel 1; 50710
CFAPlaneColor 1; 50711 CFALayout 3; 50712 LinearizationTable 3; 50713 BlackLevelRepeatDim 3; 50714 BlackLevel 5;
50715 BlackLevelDeltaH 10; 50716 BlackLevelDeltaV 10; 50717 WhiteLevel 3; 50718 DefaultScale 5; 50719
DefaultCropOrigin 3; 50720 DefaultCropSize 3; 50721 ColorMatrix1 10; 50722 ColorMatrix2 10; 50723
CameraCalibration1 10; 50724 CameraCalibration2 10; 50725 ReductionMatrix1 10; 50726 ReductionMatrix2 10; 50727
AnalogBalance 5; 50728 AsShotNeutral 3; 50729 AsShotWhiteXY 5; 50730 BaselineExposure 10; 50731 BaselineNoise 5;
50732 BaselineSharpness 5; 50733 BayerGreenSplit 4; 50734 LinearResponseLimit 5; 50735 CameraSerialNumber 2; 50736
LensInfo 5; 50737 ChromaBlurRadius 5; 50738 AntiAliasStrength 5; 50739 ShadowScale 10; 50740 DNGPrivateData 1;
50741 MakerNoteSafety 3; 50778 CalibrationIlluminant1 3; 50779 CalibrationIlluminant2 3; 50780 BestQualityScale 5;
50781 RawDataUniqueID 1; 50827 OriginalRawFileName 1; 50828 OriginalRawFileData 7; 50829 ActiveArea 3; 50830
MaskedAreas 3; 50831 AsShotICCProfile 7; 50832 AsShotPreProfileMatrix 10; 50833 CurrentICCProfile 7; 50834
CurrentPreProfileMatrix 10; 50838 ImageJMetaDataByteCounts 4; 50839 ImageJMetaData 7; 50879 ColorimetricReference
3; 50931 CameraCalibrationSignature 1; 50932 ProfileCalibrationSignature 1; 50934 AsShotProfileName 1; 50935
NoiseReductionApplied 5; 50936 ProfileName 1; 50937 ProfileHueSatMapDims 4; 50938 ProfileHueSatMapData1 11; 50939
ProfileHueSatMapData2 11; 50940 ProfileToneCurve 11; 50941 ProfileEmbedPolicy 4; 50942 ProfileCopyright 1; 50964
ForwardMatrix1 10; 50965 ForwardMatrix2 10; 50966 PreviewApplicationName 1; 50967 PreviewApplicationVersion 1;
50968 PreviewSettingsName 1; 50969 PreviewSettingsDigest 1; 50970 PreviewColorSpace 4; 50971 PreviewDateTime 2;
50972 RawImageDigest 7; 50973 OriginalRawFileDigest 7; 50974 SubTileBlockSize 4; 50975 RowInterleaveFactor 4;
50981 ProfileLookTableDims 4; 50982 ProfileLookTableData 11; 51008 OpcodeList1 7; 51009 OpcodeList2 7; 51022
OpcodeList3 7; 60606 ZZZTestSlong1 9; 60607 ZZZTestSlong2 9; 60608 ZZZTestSByte 6; 60609 ZZZTestSShort 8; 60610
ZZZTestDFloat 12
"""
_EXIF = """
33434 ExposureTime 5; 33437 FNumber 5; 34850 ExposureProgram 3; 34852 SpectralSensitivity 2; 34855 ISOSpeedRatings
3; 34856 OECF 7; 34864 SensitivityType 3; 34865 StandardOutputSensitivity 4; 34866 RecommendedExposureIndex 4;
34867 ISOSpeed 4; 34868 ISOSpeedLatitudeyyy 4; 34869 ISOSpeedLatitudezzz 4; 36864 ExifVersion 7; 36867
DateTimeOriginal 2; 36868 DateTimeDigitized 2; 36880 OffsetTime 2; 36881 OffsetTimeOriginal 2; 36882
OffsetTimeDigitized 2; 37121 ComponentsConfiguration 7; 37122 CompressedBitsPerPixel 5; 37377 ShutterSpeedValue
10; 37378 ApertureValue 5; 37379 BrightnessValue 10; 37380 ExposureBiasValue 10; 37381 MaxApertureValue 5; 37382
SubjectDistance 5; 37383 MeteringMode 3; 37384 LightSource 3; 37385 Flash 3; 37386 FocalLength 5; 37396
SubjectArea 3; 37500 MakerNote 7; 37510 UserComment 7; 37520 SubSecTime 2; 37521 SubSecTimeOriginal 2; 37522
SubSecTimeDigitized 2; 37888 Temperature 10; 37889 Humidity 5; 37890 Pressure 5; 37891 WaterDepth 10; 37892
Acceleration 5; 37893 CameraElevationAngle 10; 40960 FlashpixVersion 7; 40961 ColorSpace 3; 40962 PixelXDimension
4; 40963 PixelYDimension 4; 40964 RelatedSoundFile 2; 40965 InteroperabilityTag 4; 41483 FlashEnergy 5; 41484
SpatialFrequencyResponse 7; 41486 FocalPlaneXResolution 5; 41487 FocalPlaneYResolution 5; 41488
FocalPlaneResolutionUnit 3; 41492 SubjectLocation 3; 41493 ExposureIndex 5; 41495 SensingMethod 3; 41728
FileSource 7; 41729 SceneType 7; 41730 CFAPattern 7; 41985 CustomRendered 3; 41986 ExposureMode 3; 41987
WhiteBalance 3; 41988 DigitalZoomRatio 5; 41989 FocalLengthIn35mmFilm 3; 41990 SceneCaptureType 3; 41991
GainControl 3; 41992 Contrast 3; 41993 Saturation 3; 41994 Sharpness 3; 41995 DeviceSettingDescription 7; 41996
SubjectDistanceRange 3; 42016 ImageUniqueID 2; 42032 CameraOwnerName 2; 42033 BodySerialNumber 2; 42034
LensSpecification 5; 42035 LensMake 2; 42036 LensModel 2; 42037 LensSerialNumber 2; 42240 Gamma 5
"""
_GPS = """
0 GPSVersionID 1; 1 GPSLatitudeRef 2; 2 GPSLatitude 5; 3 GPSLongitudeRef 2; 4 GPSLongitude 5; 5 GPSAltitudeRef 1;
6 GPSAltitude 5; 7 GPSTimeStamp 5; 8 GPSSatellites 2; 9 GPSStatus 2; 10 GPSMeasureMode 2; 11 GPSDOP 5; 12
GPSSpeedRef 2; 13 GPSSpeed 5; 14 GPSTrackRef 2; 15 GPSTrack 5; 16 GPSImgDirectionRef 2; 17 GPSImgDirection 5; 18
GPSMapDatum 2; 19 GPSDestLatitudeRef 2; 20 GPSDestLatitude 5; 21 GPSDestLongitudeRef 2; 22 GPSDestLongitude 5; 23
GPSDestBearingRef 2; 24 GPSDestBearing 5; 25 GPSDestDistanceRef 2; 26 GPSDestDistance 5; 27 GPSProcessingMethod 7;
28 GPSAreaInformation 7; 29 GPSDateStamp 2; 30 GPSDifferential 3; 31 GPSHPositioningError 5
"""
_INTEROP = """
1 InteroperabilityIndex 2
"""


class Entry(NamedTuple):
    """A tag: the directory it belongs to (`image`, `exif`, `gps`, `interop`), number, usual type."""

    directory: str
    tag: int
    type: int


def _table(directory: str, text: str) -> dict[str, Entry]:
    entries = (entry.split() for entry in text.replace("\n", " ").split(";"))
    return {name: Entry(directory, int(tag), int(kind)) for tag, name, kind in entries}


_TABLES = [_table("image", _IMAGE), _table("exif", _EXIF), _table("gps", _GPS), _table("interop", _INTEROP)]
TIFF_NAMES = sorted(_TABLES[0])
EXIF_NAMES = sorted({name for table in _TABLES for name in table})


def entries(name: str) -> list[Entry]:
    """Every tag of that name, whatever its case."""
    return [entry for table in _TABLES for known, entry in table.items() if known.lower() == name.lower()]
