import { ActionIcon, type MantineColorScheme, Menu, useMantineColorScheme } from "@mantine/core";
import {
  IconBaselineDensityLarge,
  IconBaselineDensityMedium,
  IconBaselineDensitySmall,
  IconDeviceDesktop,
  IconInfoCircle,
  IconLogout,
  IconMoon,
  IconSun,
  IconUser,
  IconUserCircle,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { t } from "@/i18n/text";
import { DENSITIES, type Density, useDensity } from "../density";

const SCHEMES = [
  ["light", t("Light"), IconSun],
  ["dark", t("Dark"), IconMoon],
  ["auto", t("As the system"), IconDeviceDesktop],
] as const;
const DENSITY_ICONS = {
  compact: IconBaselineDensitySmall,
  normal: IconBaselineDensityMedium,
  comfortable: IconBaselineDensityLarge,
};

interface UserMenuProps {
  name: string;
  email: string;
  onLogOut: () => void;
}

/** Profile, theme, density, log out. */
export function UserMenu({ name, email, onLogOut }: UserMenuProps) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { density, setDensity } = useDensity();
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={t("User menu")}>
          <IconUserCircle size={24} stroke={1.5} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label className="cut" title={email}>
          {name === email ? email : `${name}, ${email}`}
        </Menu.Label>
        <Menu.Item component={Link} to="/me" leftSection={<IconUser size={16} />}>
          {t("Profile and API keys")}
        </Menu.Item>
        <Menu.Item component={Link} to="/about" leftSection={<IconInfoCircle size={16} />}>
          {t("About Treadle")}
        </Menu.Item>
        <Menu.Label>{t("Theme")}</Menu.Label>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}
        >
          {SCHEMES.map(([scheme, words, Icon]) => (
            <Menu.RadioItem key={scheme} value={scheme} rightSection={<Icon size={16} />}>
              {words}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Label>{t("Density")}</Menu.Label>
        <Menu.RadioGroup value={density} onChange={(next) => setDensity(next as Density)}>
          {DENSITIES.map(([value, words]) => {
            const Icon = DENSITY_ICONS[value];
            return (
              <Menu.RadioItem key={value} value={value} rightSection={<Icon size={16} />}>
                {words}
              </Menu.RadioItem>
            );
          })}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={onLogOut}>
          {t("Log out")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
