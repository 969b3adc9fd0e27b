import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from "@mantine/core";
import { t } from "@/i18n/text";

// Chosen for contrast: shade 7 on white 6.7:1, shade 3 on the dark ground 8:1.
const indigo: MantineColorsTuple = [
  "#eef1fe",
  "#dfe4fd",
  "#c0c9fb",
  "#a3aff7",
  "#8796f3",
  "#6675e8",
  "#5362dd",
  "#4451c9",
  "#3843ad",
  "#2c3588",
];
const gray: MantineColorsTuple = [
  "#f7f8fa",
  "#eff1f4",
  "#e3e6ea",
  "#d3d7dd",
  "#b4bac4",
  "#8b93a1",
  "#636b7a",
  "#4a5160",
  "#323844",
  "#1b1f27",
];
const dark: MantineColorsTuple = [
  "#e3e6eb",
  "#c6cbd4",
  "#a3abb8",
  "#7d8695",
  "#4b5361",
  "#363c48",
  "#2a2f39",
  "#1e222a",
  "#171a21",
  "#101318",
];

// Text on the accent follows the scheme; the default reckons with the light scheme's shade only, and
// its red is too pale for words.
const variants: VariantColorsResolver = (input) => {
  const found = defaultVariantColorsResolver(input);
  if (input.variant === "outline" && input.color === "red")
    return { ...found, color: "var(--bad)", border: "1px solid var(--bad)" };
  const accent = input.variant === "filled" && (input.color ?? "indigo") === "indigo";
  return accent ? { ...found, color: "var(--mantine-primary-color-contrast)" } : found;
};

export const theme = createTheme({
  variantColorResolver: variants,
  colors: { indigo, gray, dark },
  primaryColor: "indigo",
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.28,
  defaultRadius: 4,
  fontFamily: 'Inter, "Segoe UI", system-ui, -apple-system, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: '"JetBrains Mono", ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace',
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "19px" },
  lineHeights: { xs: "1.4", sm: "1.4", md: "1.45", lg: "1.4", xl: "1.3" },
  spacing: { xs: "8px", sm: "12px", md: "16px", lg: "24px", xl: "32px" },
  headings: {
    fontWeight: "600",
    sizes: { h1: { fontSize: "19px" }, h2: { fontSize: "15px" }, h3: { fontSize: "14px" } },
  },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: "sm" } },
    TextInput: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "sm", checkIconPosition: "right" } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: true } },
    Modal: {
      defaultProps: {
        centered: true,
        transitionProps: { duration: 120 },
        closeButtonProps: { "aria-label": t("Close") },
      },
    },
    Drawer: { defaultProps: { closeButtonProps: { "aria-label": t("Close") } } },
    Menu: {
      defaultProps: { shadow: "md", transitionProps: { duration: 80 }, withInitialFocusPlaceholder: false },
    },
    Badge: { defaultProps: { variant: "light", radius: "sm", miw: "max-content" } },
  },
});

/** The light scheme, which pictures that are saved have, too. */
export const LIGHT = {
  "--mantine-primary-color-contrast": "#ffffff",
  "--ground": "#f5f6f8",
  "--surface": "#ffffff",
  "--line": "#e1e4e9",
  "--line-strong": "#8b93a1",
  "--ink": "#1b1f27",
  "--ink-dim": "#566070",
  "--hover": "#f0f2f6",
  "--picked": "#e9edfd",
  "--accent": "#4451c9",
  "--ok": "#176a3a",
  "--warn": "#8a4b00",
  "--bad": "#b3202c",
  "--warn-tint": "#fdf3e0",
  "--bad-tint": "#fdecee",
  "--mantine-color-body": "#ffffff",
  "--mantine-color-text": "#1b1f27",
  "--mantine-color-dimmed": "#566070",
  "--mantine-color-placeholder": "#646d7c",
  "--mantine-color-anchor": "#3843ad",
  "--mantine-color-error": "#b3202c",
} as const;

export const variables: CSSVariablesResolver = () => ({
  variables: { "--mantine-line-height": "1.45" },
  light: LIGHT,
  dark: {
    "--mantine-primary-color-contrast": "#101318",
    "--ground": "#12151a",
    "--surface": "#191d24",
    "--line": "#2b313b",
    "--line-strong": "#707989",
    "--ink": "#e3e6eb",
    "--ink-dim": "#a3abb8",
    "--hover": "#222731",
    "--picked": "#272d4d",
    "--accent": "#a3aff7",
    "--ok": "#6fd398",
    "--warn": "#f0b455",
    "--bad": "#ff8b91",
    "--warn-tint": "#33290f",
    "--bad-tint": "#3a1d21",
    "--mantine-color-body": "#191d24",
    "--mantine-color-text": "#e3e6eb",
    "--mantine-color-dimmed": "#a3abb8",
    "--mantine-color-placeholder": "#929aa8",
    "--mantine-color-anchor": "#a3aff7",
    "--mantine-color-error": "#ff8b91",
  },
});
