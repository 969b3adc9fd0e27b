import { IconLock } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { containerQuery } from "@/api/queries";
import { t } from "@/i18n/text";
import { dateTime } from "@/ui/format";
import classes from "./LockNote.module.css";
import { lockReason } from "./lockWords";

/** Above what lies in a locked project: why nothing here can be changed. */
export function LockNote({ project }: { project: string | null | undefined }) {
  const { data } = useQuery({ ...containerQuery("projects", project ?? ""), enabled: Boolean(project) });
  if (!data?.locked) return null;
  return (
    <div className={classes.note} role="note">
      <IconLock size={16} stroke={1.8} aria-hidden="true" />
      <span>
        <b>{lockReason(data.locked.reason)}.</b>{" "}
        {t("This project is locked: nothing in it can be added, changed or deleted.")}
      </span>
      <span className={classes.end}>
        {t("since {date}", { date: dateTime(data.locked.timestamp).slice(0, 10) })}
        {" · "}
        <Link to="/projects/$p/settings" params={{ p: data._id }}>
          {t("Details")}
        </Link>
      </span>
    </div>
  );
}
