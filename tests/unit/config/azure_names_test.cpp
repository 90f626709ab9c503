#include "config/azure_names.hpp"

#include <string>

#include <gtest/gtest.h>

namespace iothub {
namespace {

const std::string kGuid = "91d12660-3dec-467a-be2a-213b5544ddc0";

TEST(AzureNames, KnowGuids) {
  EXPECT_TRUE(is_guid(kGuid));
  EXPECT_TRUE(is_guid("91D12660-3DEC-467A-BE2A-213B5544DDC0"));
  EXPECT_FALSE(is_guid("91d12660-3dec-467a-be2a-213b5544ddc"));
  EXPECT_FALSE(is_guid("91d12660-3dec-467a-be2a-213b5544ddc00"));
  EXPECT_FALSE(is_guid("91d12660x3dec-467a-be2a-213b5544ddc0"));
  EXPECT_FALSE(is_guid("{" + kGuid + "}"));
  EXPECT_FALSE(is_guid(""));
}

TEST(AzureNames, TakeATenantByGuidOrDomain) {
  EXPECT_TRUE(is_tenant(kGuid));
  EXPECT_TRUE(is_tenant("contoso.onmicrosoft.com"));
  for (const char* text : {"", "contoso", "common", ".com", "a..b", "-a.com", "a b.com", "a/b.com"}) {
    EXPECT_FALSE(is_tenant(text)) << text;
  }
}

TEST(AzureNames, TakeAdfsForATenantOnlyWhereThatMayBe) {
  EXPECT_FALSE(is_tenant("adfs"));
  for (const char* text : {"adfs", "ADFS", "contoso.onmicrosoft.com"}) {
    EXPECT_TRUE(is_tenant_or_adfs(text)) << text;
  }
  EXPECT_FALSE(is_tenant_or_adfs("adfs2"));
}

TEST(AzureNames, KnowResourceIdsOfIdentities) {
  const auto id = [](const std::string& group, const std::string& type, const std::string& name) {
    return "/subscriptions/" + kGuid + "/resourceGroups/" + group + "/providers/" + type + "/" + name;
  };
  const std::string type = "Microsoft.ManagedIdentity/userAssignedIdentities";
  EXPECT_TRUE(is_identity_resource_id(id("group", type, "hub-reader_1")));
  EXPECT_TRUE(
      is_identity_resource_id(id("group", "microsoft.managedidentity/userassignedidentities", "1ab")));
  EXPECT_FALSE(is_identity_resource_id(id("group", "Microsoft.Devices/IotHubs", "hub")));
  EXPECT_FALSE(is_identity_resource_id(id("group.", type, "name")));
  EXPECT_FALSE(is_identity_resource_id("x" + id("group", type, "name")));
  EXPECT_FALSE(is_identity_resource_id(id("group", type, "name/")));
  EXPECT_FALSE(is_identity_resource_id(id("group", type, std::string(129, 'a'))));
  for (const char* name : {"", "ab", "-abc", "a.b", "a b"}) {
    EXPECT_FALSE(is_identity_resource_id(id("group", type, name))) << name;
  }
}

TEST(AzureNames, KnowResourceGroups) {
  EXPECT_TRUE(is_resource_group("a"));
  EXPECT_TRUE(is_resource_group("My_group-1.(test)"));
  EXPECT_TRUE(
      is_resource_group("gr\xC3\xBC\xC3\x9F"
                        "e"));
  EXPECT_TRUE(is_resource_group(std::string(90, 'a')));
  EXPECT_FALSE(is_resource_group(std::string(91, 'a')));
  for (const char* text : {"", "a.", "a b", "a/b", "a?b"}) {
    EXPECT_FALSE(is_resource_group(text)) << text;
  }
}

TEST(AzureNames, KnowHubNames) {
  EXPECT_TRUE(is_hub_name("abc"));
  EXPECT_TRUE(is_hub_name("Hub-01"));
  EXPECT_TRUE(is_hub_name(std::string(50, 'a')));
  EXPECT_FALSE(is_hub_name(std::string(51, 'a')));
  for (const char* text : {"", "ab", "hub-", "my_hub", "my.hub", "h\xC3\xBCr"}) {
    EXPECT_FALSE(is_hub_name(text)) << text;
  }
}

TEST(AzureNames, KnowApiVersions) {
  EXPECT_TRUE(is_api_version("2023-06-30"));
  EXPECT_TRUE(is_api_version("2025-08-01-preview"));
  for (const char* text :
       {"", "latest", "2023-6-30", "2023-13-01", "2023-02-30", "2023-06-30-beta", "2023-06-3x"}) {
    EXPECT_FALSE(is_api_version(text)) << text;
  }
}

TEST(HubResourceId, IsReadRegardlessOfCase) {
  const auto id = parse_hub_resource_id(
      "/SUBSCRIPTIONS/" + kGuid + "/resourcegroups/myGroup/providers/microsoft.devices/iothubs/testHub");
  ASSERT_TRUE(id);
  EXPECT_EQ(*id, (HubId{.subscription_id = kGuid, .resource_group = "myGroup", .name = "testHub"}));
}

TEST(HubResourceId, IsRefusedWithThePartThatIsWrong) {
  const std::string provider = "/providers/Microsoft.Devices/IotHubs/";
  EXPECT_EQ(parse_hub_resource_id("/subscriptions/x/resourceGroups/g" + provider + "hub").error(),
            "after /subscriptions/ " + std::string(kExpectedGuid));
  EXPECT_EQ(
      parse_hub_resource_id("/subscriptions/" + kGuid + "/resourceGroups/g." + provider + "hub").error(),
      "after /resourceGroups/ " + std::string(kExpectedResourceGroup));
  EXPECT_EQ(parse_hub_resource_id("/subscriptions/" + kGuid + "/resourceGroups/g" + provider + "h").error(),
            "after /IotHubs/ " + std::string(kExpectedHubName));
  const std::string good =
      "/subscriptions/" + kGuid + "/resourceGroups/g/providers/Microsoft.Devices/IotHubs/hub";
  const std::string other =
      "/subscriptions/" + kGuid + "/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/hub";
  ASSERT_TRUE(parse_hub_resource_id(good));
  for (const std::string& text : {std::string("testHub"), good.substr(1), good + "/", "x" + good, other}) {
    EXPECT_EQ(parse_hub_resource_id(text).error(), kExpectedResourceId) << text;
  }
}

}  // namespace
}  // namespace iothub
