import { Checkbox } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useChange } from "@/api/useChange";
import { t } from "@/i18n/text";
import { notificationsQuery, wantMail } from "./notifications";

/** Whether to be written to once a day. */
export function MailChoice() {
  const said = useInfiniteQuery(notificationsQuery).data?.pages[0];
  const change = useChange(wantMail);
  return (
    <Checkbox
      label={t("One e-mail a day when something is new")}
      description={
        said && !said.mail_possible
          ? t("This site has no mail server.")
          : t("It names nothing: no project, no person.")
      }
      disabled={!said || (!said.mail_possible && !said.mail)}
      checked={change.isPending ? change.variables : (said?.mail ?? false)}
      onChange={(event) => change.mutate(event.currentTarget.checked)}
    />
  );
}
