import { Stack, Text } from "@mantine/core";
import type { Enrolment } from "@/api/types";
import { t } from "@/i18n/text";
import { Copyable } from "@/ui/Copyable";
import classes from "./EnrolmentPicture.module.css";

/** What an authenticator app takes: the picture, or the key typed in by hand. */
export function EnrolmentPicture({ enrolment }: { enrolment: Enrolment }) {
  return (
    <Stack gap="xs">
      <Text size="sm">{t("Scan this picture with an authenticator app, then type the code it shows.")}</Text>
      <img className={classes.picture} src={enrolment.picture} alt={t("QR code for the authenticator app")} />
      <Text size="sm" c="dimmed">
        {t("The app cannot scan? Type this key:")}
      </Text>
      <Copyable text={enrolment.secret} label={t("key of the authenticator app")} />
    </Stack>
  );
}
