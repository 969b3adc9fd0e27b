import { t } from "@/i18n/text";
import { Copyable } from "@/ui/Copyable";
import { Message } from "@/ui/Message";

/** Why a project's table is empty, and the one thing to do. */
export function NothingHere({ group, project }: { group: string; project: string }) {
  return (
    <Message
      title={t("No sessions yet")}
      action={<Copyable text={`fw://${group}/${project}`} label={t("routing string")} />}
    >
      {t("Connect a scanner: studies whose Patient ID is this routing string come into this project.")}
    </Message>
  );
}
