import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { t } from "@/i18n/text";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { Message } from "@/ui/Message";

interface ContentBoxProps<T> {
  asked: { data: T | undefined; error: Error | null; refetch: () => unknown };
  empty: (data: T) => boolean;
  children: (data: T) => ReactNode;
}

/** A content that is loading, failed, empty or there. */
export function ContentBox<T>({ asked, empty, children }: ContentBoxProps<T>) {
  const { data, error, refetch } = asked;
  if (data !== undefined) return empty(data) ? <Message title={t("This file is empty")} /> : children(data);
  return error ? <Failure error={error} what={t("file")} onRetry={() => void refetch()} /> : <Loading />;
}

/** Says that only the beginning is shown. */
export const CutNote = ({ cut, what }: { cut: boolean; what: string }) =>
  cut ? (
    <Text size="sm" c="dimmed" px="md" py={6} role="note">
      {t("Only {what} are shown; download the file for the rest.", { what })}
    </Text>
  ) : null;
