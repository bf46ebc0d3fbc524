"""How the invented items are addressed: one row per platform and form, with every spelling of the same item.

Every address is recognisably invented, and where a platform's own rules allow it, one that cannot exist:

- a YouTube video id is 64 bits in 11 characters, so the last one is one of 16 letters; ours end in `x`, which is none
  of them (a channel id, 128 bits in 22, likewise);
- an Instagram shortcode of 11 characters that begins with `d` would be a number above 64 bits;
- a tweet number above 9,000,000,000,000,000,000 belongs to the year 2078;
- Google Play refuses packages under `com.example`; servers are under `.example` (RFC 2606).

The first spelling is the plain one. The others differ only in what does not change the item: host, scheme, tracking,
sub-page view, letter case where the platform folds it.
"""

from dataclasses import dataclass

MAIN_ITEMS: dict[str, int] = {
    "telegram": 14_500,
    "youtube": 3_900,
    "google_drive": 2_350,
    "facebook": 1_900,
    "twitter": 1_750,
    "instagram": 1_350,
    "google_play": 322,
    "app_store": 240,
}
"""Items of the action day by platform: 26,312 in all."""

DAYS_AFTER_ITEMS: dict[str, int] = {"tamtam": 340, "matrix": 121, "hoop": 95, "rocketchat": 84}
"""Items of the days after by platform: 640 in all."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way an item of a platform is addressed.

    `handle` and `number` are templates over `stem`, `dotted`, `dashed`, `joined`, `tag` (pieces of the outlet's name),
    `serial` (different for every item of the platform) and `parent` (shared by eight items in a row, for posts of
    one channel). `spellings` are templates over `h` (handle), `H` (handle in capitals) and `n` (number).
    """

    platform: str
    kind: str
    weight: int
    """share of this form among the platform's items, in percent"""
    handle: str
    number: str
    spellings: tuple[str, ...]


_TELEGRAM_NAME = (
    "https://t.me/{h}",
    "https://telegram.me/{h}",
    "tg://resolve?domain={h}",
    "http://t.me/{h}",
    "t.me/{h}",
    "https://t.me/{H}",
    "https://telegram.dog/{h}",
)
_TWITTER_NAME = (
    "https://twitter.com/{h}",
    "https://mobile.twitter.com/{h}",
    "https://twitter.com/{H}",
    "https://twitter.com/{h}?lang=de",
    "http://www.twitter.com/{h}",
)
_TWEET = (
    "https://twitter.com/{h}/status/{n}",
    "https://mobile.twitter.com/{h}/status/{n}",
    "https://twitter.com/{h}/status/{n}?s=20",
    "https://twitter.com/{H}/status/{n}/photo/1",
)
_DRIVE_FILE = (
    "https://drive.google.com/file/d/{n}/view",
    "https://drive.google.com/open?id={n}",
    "https://drive.google.com/file/d/{n}/view?usp=sharing",
    "https://drive.google.com/uc?export=download&id={n}",
)
_INSTAGRAM_POST = (
    "https://www.instagram.com/p/{n}/",
    "https://instagram.com/p/{n}",
    "https://www.instagram.com/p/{n}/?igshid=demo1234",
    "https://www.instagram.com/p/{n}/embed/",
)
_TAMTAM = ("https://tt.me/{h}", "https://tamtam.chat/{h}", "http://tt.me/{h}/", "tt.me/{h}")

FORMS: tuple[Form, ...] = (
    Form("telegram", "account", 22, "demo_{stem}_{serial}", "", _TELEGRAM_NAME),
    Form("telegram", "account", 14, "demo_{stem}_{serial}_bot", "", _TELEGRAM_NAME),
    Form("telegram", "channel", 30, "demo_{stem}_{serial}", "", (*_TELEGRAM_NAME, "https://t.me/s/{h}")),
    Form(
        "telegram",
        "group",
        9,
        "",
        "demoDEMOdemoDEMO{serial:06d}",
        (
            "https://t.me/joinchat/{n}",
            "https://telegram.me/joinchat/{n}",
            "tg://join?invite={n}",
            "t.me/joinchat/{n}",
        ),
    ),
    Form(
        "telegram",
        "post",
        25,
        "demo_{stem}_c{parent}",
        "{serial}",
        (
            "https://t.me/{h}/{n}",
            "https://telegram.me/{h}/{n}",
            "https://t.me/s/{h}/{n}",
            "tg://resolve?domain={h}&post={n}",
            "https://t.me/{H}/{n}?single",
        ),
    ),
    Form(
        "youtube",
        "video",
        88,
        "",
        "demo{serial:06d}x",
        (
            "https://www.youtube.com/watch?v={n}",
            "https://youtu.be/{n}",
            "https://m.youtube.com/watch?v={n}&feature=youtu.be",
            "https://www.youtube.com/embed/{n}",
            "https://www.youtube.com/watch?v={n}&t=42s",
            "https://www.youtube.com/shorts/{n}",
        ),
    ),
    Form(
        "youtube",
        "channel",
        12,
        "",
        "UCdemoDEMOdemoDEM{serial:06d}x",
        (
            "https://www.youtube.com/channel/{n}",
            "https://m.youtube.com/channel/{n}",
            "https://www.youtube.com/channel/{n}/videos",
        ),
    ),
    Form("google_drive", "document", 58, "", "1DEMOdemoDEMOdemoDEMOdemo{serial:08d}", _DRIVE_FILE),
    Form("google_drive", "video", 27, "", "1DEMOdemoDEMOdemoDEMOdemo{serial:08d}", _DRIVE_FILE),
    Form(
        "google_drive",
        "document",
        15,
        "",
        "1DEMOdemoDEMOdemoDEMOdemoDEMOdemoDEMO{serial:08d}",
        (
            "https://docs.google.com/document/d/{n}/edit",
            "https://docs.google.com/document/d/{n}/edit?usp=sharing",
            "https://docs.google.com/document/d/{n}/preview",
        ),
    ),
    Form(
        "google_play",
        "app",
        100,
        "",
        "com.example.demo.{joined}{serial}",
        (
            "https://play.google.com/store/apps/details?id={n}",
            "https://play.google.com/store/apps/details?id={n}&hl=de",
            "market://details?id={n}",
        ),
    ),
    Form(
        "app_store",
        "app",
        100,
        "demo-{dashed}",
        "999{serial:07d}",
        (
            "https://apps.apple.com/us/app/{h}/id{n}",
            "https://itunes.apple.com/de/app/{h}/id{n}?mt=8",
            "https://apps.apple.com/app/id{n}",
        ),
    ),
    Form(
        "facebook",
        "account",
        38,
        "demo.{dotted}.{serial}",
        "",
        (
            "https://www.facebook.com/{h}",
            "https://m.facebook.com/{h}",
            "https://www.facebook.com/{H}/",
            "https://www.facebook.com/{h}?fbclid=IwARdemo",
            "https://facebook.com/{h}",
        ),
    ),
    Form(
        "facebook",
        "post",
        32,
        "demo.{dotted}.p{parent}",
        "999000{serial:09d}",
        (
            "https://www.facebook.com/{h}/posts/{n}",
            "https://m.facebook.com/{h}/posts/{n}",
            "https://www.facebook.com/{h}/posts/{n}?fbclid=IwARdemo",
        ),
    ),
    Form(
        "facebook",
        "video",
        18,
        "demo.{dotted}.p{parent}",
        "999000{serial:09d}",
        (
            "https://www.facebook.com/{h}/videos/{n}/",
            "https://m.facebook.com/{h}/videos/{n}/",
        ),
    ),
    Form(
        "facebook",
        "group",
        12,
        "demo.{dotted}.{serial}",
        "",
        (
            "https://www.facebook.com/groups/{h}",
            "https://m.facebook.com/groups/{h}",
            "https://www.facebook.com/groups/{h}/?ref=share",
        ),
    ),
    Form(
        "instagram",
        "account",
        46,
        "demo_{stem}_{serial}",
        "",
        (
            "https://www.instagram.com/{h}/",
            "https://instagram.com/{h}",
            "https://www.instagram.com/{h}/?igshid=demo1234",
            "https://www.instagram.com/{H}",
        ),
    ),
    Form("instagram", "post", 36, "", "demo{serial:06d}x", _INSTAGRAM_POST),
    Form("instagram", "video", 18, "", "demo{serial:06d}x", _INSTAGRAM_POST),
    Form("twitter", "account", 52, "demo_{tag}{serial:05d}", "", _TWITTER_NAME),
    Form("twitter", "post", 48, "demo_{tag}{parent:05d}", "91{serial:017d}", _TWEET),
    Form("tamtam", "channel", 88, "demo_{stem}_{serial}", "", _TAMTAM),
    Form("tamtam", "account", 12, "demo_{stem}_{serial}", "", _TAMTAM),
    Form(
        "matrix",
        "group",
        84,
        "demo-{dashed}-{serial}",
        "matrix.demo.example",
        (
            "https://matrix.to/#/%23{h}:{n}",
            "https://riot.im/app/#/room/#{h}:{n}",
            "https://matrix.to/#/#{h}:{n}",
            "https://matrix.to/#/%23{h}:{n}?via={n}",
        ),
    ),
    Form(
        "matrix",
        "account",
        16,
        "demo-{dashed}-{serial}",
        "matrix.demo.example",
        (
            "https://matrix.to/#/@{h}:{n}",
            "https://riot.im/app/#/user/@{h}:{n}",
        ),
    ),
    Form(
        "hoop",
        "channel",
        100,
        "demo_{stem}_{serial}",
        "",
        (
            "https://web.hoopmessenger.com/channel/{h}",
            "https://hoopmessenger.com/channel/{h}",
        ),
    ),
    Form(
        "rocketchat",
        "channel",
        76,
        "demo-{dashed}-{serial}",
        "",
        (
            "https://open.rocket.chat/channel/{h}",
            "http://open.rocket.chat/channel/{h}/",
            "https://go.rocket.chat/room?host=open.rocket.chat&path=channel%2F{h}",
        ),
    ),
    Form(
        "rocketchat",
        "group",
        24,
        "demo-{dashed}-{serial}",
        "",
        (
            "https://open.rocket.chat/group/{h}",
            "http://open.rocket.chat/group/{h}",
        ),
    ),
)
