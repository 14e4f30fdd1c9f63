import { notifications } from "@mantine/notifications";
import { describe } from "../api/problem";

export function notifyError(error: unknown) {
  const { title, detail } = describe(error);
  notifications.show({ color: "red", title, message: detail, autoClose: 8000, role: "alert" });
}

export function notifyDone(message: string) {
  notifications.show({ color: "teal", message, autoClose: 3000 });
}

/** Something was done, and has a consequence that one may not want. */
export function notifyWarning(title: string, message: string) {
  notifications.show({ color: "orange", title, message, autoClose: 12_000, role: "alert" });
}
