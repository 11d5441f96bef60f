"""What the Bot API takes: fields, types and limits of the methods that the bot uses, and of the objects inside them.

Written down from core.telegram.org/bots/api (Bot API 10.1). `!` marks required fields. `test_methods.py` compares this
table with the machine-readable API where that is at hand.
"""

from __future__ import annotations

from tests.fakes.telegram.table import read

METHODS = read("""
getMe
getUpdates
    offset                               Integer
    limit                                Integer 1-100 value
    timeout                              Integer
    allowed_updates                      Array of String
getWebhookInfo
setWebhook
    url!                                 String
    certificate                          InputFile
    ip_address                           String
    max_connections                      Integer
    allowed_updates                      Array of String
    drop_pending_updates                 Boolean
    secret_token                         String 1-256 characters
deleteWebhook
    drop_pending_updates                 Boolean
sendMessage
    business_connection_id               String
    chat_id!                             Integer | String
    message_thread_id                    Integer
    direct_messages_topic_id             Integer
    text!                                String 1-4096 characters
    parse_mode                           String
    entities                             Array of MessageEntity
    link_preview_options                 LinkPreviewOptions
    disable_notification                 Boolean
    protect_content                      Boolean
    allow_paid_broadcast                 Boolean
    message_effect_id                    String
    suggested_post_parameters            SuggestedPostParameters
    reply_parameters                     ReplyParameters
    reply_markup                         InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply
editMessageText
    business_connection_id               String
    chat_id                              Integer | String
    message_id                           Integer
    inline_message_id                    String
    text                                 String 1-4096 characters
    parse_mode                           String
    entities                             Array of MessageEntity
    link_preview_options                 LinkPreviewOptions
    rich_message                         InputRichMessage
    reply_markup                         InlineKeyboardMarkup
editMessageReplyMarkup
    business_connection_id               String
    chat_id                              Integer | String
    message_id                           Integer
    inline_message_id                    String
    reply_markup                         InlineKeyboardMarkup
sendDocument
    business_connection_id               String
    chat_id!                             Integer | String
    message_thread_id                    Integer
    direct_messages_topic_id             Integer
    document!                            InputFile | String
    thumbnail                            InputFile | String
    caption                              String 0-1024 characters
    parse_mode                           String
    caption_entities                     Array of MessageEntity
    disable_content_type_detection       Boolean
    disable_notification                 Boolean
    protect_content                      Boolean
    allow_paid_broadcast                 Boolean
    message_effect_id                    String
    suggested_post_parameters            SuggestedPostParameters
    reply_parameters                     ReplyParameters
    reply_markup                         InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply
copyMessage
    chat_id!                             Integer | String
    message_thread_id                    Integer
    direct_messages_topic_id             Integer
    from_chat_id!                        Integer | String
    message_id!                          Integer
    video_start_timestamp                Integer
    caption                              String 0-1024 characters
    parse_mode                           String
    caption_entities                     Array of MessageEntity
    show_caption_above_media             Boolean
    disable_notification                 Boolean
    protect_content                      Boolean
    allow_paid_broadcast                 Boolean
    message_effect_id                    String
    suggested_post_parameters            SuggestedPostParameters
    reply_parameters                     ReplyParameters
    reply_markup                         InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply
sendPhoto
    business_connection_id               String
    chat_id!                             Integer | String
    message_thread_id                    Integer
    direct_messages_topic_id             Integer
    photo!                               InputFile | String
    caption                              String 0-1024 characters
    parse_mode                           String
    caption_entities                     Array of MessageEntity
    show_caption_above_media             Boolean
    has_spoiler                          Boolean
    disable_notification                 Boolean
    protect_content                      Boolean
    allow_paid_broadcast                 Boolean
    message_effect_id                    String
    suggested_post_parameters            SuggestedPostParameters
    reply_parameters                     ReplyParameters
    reply_markup                         InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply
sendDocument
    business_connection_id               String
    chat_id!                             Integer | String
    message_thread_id                    Integer
    direct_messages_topic_id             Integer
    document!                               InputFile | String
    thumbnail                            InputFile | String
    caption                              String 0-1024 characters
    parse_mode                           String
    caption_entities                     Array of MessageEntity
    disable_content_type_detection       Boolean
    disable_notification                 Boolean
    protect_content                      Boolean
    allow_paid_broadcast                 Boolean
    message_effect_id                    String
    suggested_post_parameters            SuggestedPostParameters
    reply_parameters                     ReplyParameters
    reply_markup                         InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply
answerCallbackQuery
    callback_query_id!                   String
    text                                 String 0-200 characters
    show_alert                           Boolean
    url                                  String
    cache_time                           Integer
setMyCommands
    commands!                            Array of BotCommand
    scope                                BotCommandScope
    language_code                        String
setMyDescription
    description                          String 0-512 characters
    language_code                        String
setMyShortDescription
    short_description                    String 0-120 characters
    language_code                        String
setChatMenuButton
    chat_id                              Integer
    menu_button                          MenuButton
getChat
    chat_id!                             Integer | String
deleteMessage
    chat_id!                             Integer | String
    message_id!                          Integer
createForumTopic
    chat_id!                             Integer | String
    name!                                String 1-128 characters
    icon_color                           Integer
    icon_custom_emoji_id                 String
editForumTopic
    chat_id!                             Integer | String
    message_thread_id!                   Integer
    name                                 String 0-128 characters
    icon_custom_emoji_id                 String
closeForumTopic
    chat_id!                             Integer | String
    message_thread_id!                   Integer
reopenForumTopic
    chat_id!                             Integer | String
    message_thread_id!                   Integer
sendLocation
    business_connection_id               String
    chat_id!                             Integer | String
    message_thread_id                    Integer
    direct_messages_topic_id             Integer
    latitude!                            Float
    longitude!                           Float
    horizontal_accuracy                  Float
    live_period                          Integer
    heading                              Integer
    proximity_alert_radius               Integer
    disable_notification                 Boolean
    protect_content                      Boolean
    allow_paid_broadcast                 Boolean
    message_effect_id                    String
    suggested_post_parameters            SuggestedPostParameters
    reply_parameters                     ReplyParameters
    reply_markup                         InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply
deleteMyCommands
    scope                                BotCommandScope
    language_code                        String
getMyCommands
    scope                                BotCommandScope
    language_code                        String
sendChatAction
    business_connection_id               String
    chat_id!                             Integer | String
    message_thread_id                    Integer
    action!                              String
getFile
    file_id!                             String
""")

OBJECTS = read("""
InlineKeyboardMarkup
    inline_keyboard!                     Array of Array of InlineKeyboardButton
InlineKeyboardButton
    text!                                String
    icon_custom_emoji_id                 String
    style                                String
    url                                  String
    callback_data                        String 1-64 bytes
    web_app                              WebAppInfo
    login_url                            LoginUrl
    switch_inline_query                  String
    switch_inline_query_current_chat     String
    switch_inline_query_chosen_chat      SwitchInlineQueryChosenChat
    copy_text                            CopyTextButton
    callback_game                        CallbackGame
    pay                                  Boolean
ReplyKeyboardMarkup
    keyboard!                            Array of Array of KeyboardButton
    is_persistent                        Boolean
    resize_keyboard                      Boolean
    one_time_keyboard                    Boolean
    input_field_placeholder              String 1-64 characters
    selective                            Boolean
KeyboardButton
    text!                                String
    icon_custom_emoji_id                 String
    style                                String
    request_users                        KeyboardButtonRequestUsers
    request_chat                         KeyboardButtonRequestChat
    request_managed_bot                  KeyboardButtonRequestManagedBot
    request_contact                      Boolean
    request_location                     Boolean
    request_poll                         KeyboardButtonPollType
    web_app                              WebAppInfo
ReplyKeyboardRemove
    remove_keyboard!                     Boolean
    selective                            Boolean
ForceReply
    force_reply!                         Boolean
    input_field_placeholder              String 1-64 characters
    selective                            Boolean
ReplyParameters
    message_id!                          Integer
    chat_id                              Integer | String
    allow_sending_without_reply          Boolean
    quote                                String 0-1024 characters
    quote_parse_mode                     String
    quote_entities                       Array of MessageEntity
    quote_position                       Integer
    checklist_task_id                    Integer
    poll_option_id                       String
LinkPreviewOptions
    is_disabled                          Boolean
    url                                  String
    prefer_small_media                   Boolean
    prefer_large_media                   Boolean
    show_above_text                      Boolean
BotCommand
    command!                             String 1-32 characters
    description!                         String 1-256 characters
MessageEntity
    type!                                String
    offset!                              Integer
    length!                              Integer
    url                                  String
    user                                 User
    language                             String
    custom_emoji_id                      String
    unix_time                            Integer
    date_time_format                     String
""")
