/** Stands in for what makes mails, which does not go into a bundle. */

export default class NoMail {
  /** There are no mails. */
  constructor() {
    throw new TypeError("Mails are not in this bundle");
  }
}
